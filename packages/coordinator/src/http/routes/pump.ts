import { once } from 'node:events';
import { messageOf } from '@vhive/shared';
import type { WebSocket } from 'ws';

/** Above this many unsent bytes a socket is waited for, so that a slow reader costs no memory. */
const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * Sends everything that an iterable yields as JSON messages. It ends when the iterable ends, and ends the iterable when
 * the other side goes away.
 */
export async function pump(socket: WebSocket, source: (signal: AbortSignal) => AsyncIterable<unknown>): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  try {
    for await (const message of source(gone.signal)) {
      if (gone.signal.aborted) break;
      socket.send(JSON.stringify(message));
      if (socket.bufferedAmount > HIGH_WATER_BYTES) await drained(socket, gone.signal);
    }
    socket.close(1000);
  } catch (cause) {
    if (!gone.signal.aborted) socket.close(1011, messageOf(cause).slice(0, 100));
  }
}

/** Resolves once the socket has answered a ping, which its peer reads after everything that was sent before. */
async function drained(socket: WebSocket, signal: AbortSignal): Promise<void> {
  socket.ping();
  await once(socket, 'pong', { signal });
}

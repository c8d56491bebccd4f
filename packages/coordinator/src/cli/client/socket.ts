import { on } from 'node:events';
import { text } from 'node:stream/consumers';
import { printableValue, VhiveError } from '@vhive/shared';
import { WebSocket } from 'ws';
import type * as z from 'zod';
import { failureOfAnswer, unreachableError } from './failure.ts';
import type { Endpoint } from './request.ts';

/** With more unread messages than this the socket is paused. */
const HIGH_WATER_MESSAGES = 1_000;
/**
 * The longest message, in bytes. The event that begins a run holds its plan, which is some 30 kB for each node. The
 * limit is still short enough for one string of JavaScript.
 */
export const LONGEST_MESSAGE_BYTES = 384 * 1024 * 1024;
/** The time between two pings, in milliseconds. A peer that answers no ping for this long is gone. */
const PING_INTERVAL_MS = 15_000;

/**
 * Reads the messages of a WebSocket route, each checked against its schema. Ends when the server ends the connection in
 * order, or when the signal aborts. Throws `unreachable` when the connection breaks, and the server's refusal when it
 * refuses the request.
 */
export async function* messagesOf<S extends z.ZodType>(
  endpoint: Endpoint,
  path: string,
  schema: S,
  signal: AbortSignal,
): AsyncGenerator<z.output<S>> {
  if (signal.aborted) return;
  const socket = connect(endpoint, path);
  const messages = on(socket, 'message', { close: ['close'], highWaterMark: HIGH_WATER_MESSAGES, lowWaterMark: 100 });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const abort = () => socket.terminate();
  signal.addEventListener('abort', abort);
  const stopWatching = watchLiveness(socket);
  try {
    await opened(socket, path);
    for await (const [data] of messages) {
      const parsed = schema.safeParse(JSON.parse(String(data)));
      // A newer coordinator may send messages that this program does not know. They must not end the watching.
      if (parsed.success) yield printableValue(parsed.data);
      if (signal.aborted) return;
    }
    const code = await closed;
    if (code !== 1000 && !signal.aborted)
      throw unreachableError(endpoint.url, new Error(`the connection was closed (${code})`));
  } catch (cause) {
    if (signal.aborted) return;
    throw cause instanceof VhiveError ? cause : unreachableError(endpoint.url, cause);
  } finally {
    signal.removeEventListener('abort', abort);
    stopWatching();
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

function connect(endpoint: Endpoint, path: string): WebSocket {
  const url = new URL(path, endpoint.url);
  url.protocol = 'wss:';
  return new WebSocket(url, {
    ca: endpoint.ca,
    headers: { authorization: `Bearer ${endpoint.token}` },
    handshakeTimeout: 10_000,
    maxPayload: LONGEST_MESSAGE_BYTES,
  });
}

async function opened(socket: WebSocket, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, answer) => {
      const refusal = (body: string) => failureOfAnswer(answer.statusCode ?? 0, body, { method: 'WS', path });
      text(answer).then((body) => reject(refusal(body)), reject);
    });
  });
}

/** Ends a socket whose peer went away without a word, for example at a power cut or a network failure. */
function watchLiveness(socket: WebSocket): () => void {
  let answered = true;
  const onPong = () => {
    answered = true;
  };
  socket.on('pong', onPong);
  const timer = setInterval(() => {
    if (socket.isPaused) return;
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, PING_INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    socket.off('pong', onPong);
  };
}

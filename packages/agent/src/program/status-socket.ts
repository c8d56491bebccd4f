import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '@vhive/shared';
import type { AgentStatus } from '../transport/agent-status.ts';
import type { Logger } from '../transport/logger.ts';

/** The longest path of a Unix socket in bytes (unix(7), without the closing zero). */
const MAX_SOCKET_PATH = 107;

function socketPath(stateDirectory: string): string {
  return join(stateDirectory, 'agent.sock');
}

/** Answers `vhive-agent status` on a socket in the state directory, which only the agent's user can enter. */
export async function serveStatus(
  stateDirectory: string,
  status: () => AgentStatus,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  const path = socketPath(stateDirectory);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    logger.warn(`vhive-agent status will not work: the path ${path} is too long for a socket`);
    return { close: async () => undefined };
  }
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${JSON.stringify(status())}\n`);
  });
  server.unref();
  await new Promise<void>((resolve) => {
    server.once('error', (error) => {
      logger.warn(`vhive-agent status will not work: ${messageOf(error)}`);
      resolve();
    });
    server.listen(path, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/**
 * Asks the running agent for its status. Rejects with the error of the socket: ENOENT and ECONNREFUSED mean that no
 * agent runs, EACCES that it belongs to another user.
 */
export async function askStatus(stateDirectory: string): Promise<AgentStatus> {
  const chunks: Buffer[] = [];
  const socket = connect(socketPath(stateDirectory));
  socket.setTimeout(5_000, () => socket.destroy(new Error('the agent does not answer')));
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as AgentStatus;
}

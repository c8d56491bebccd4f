import { createServer, connect as tcpConnect } from 'node:net';

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refused: nothing listens there, or a firewall rejects it',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'timed out: the host is down, or a firewall drops it',
};

/** Makes a TCP connection and closes it again. Rejects with a readable message, or with the signal's reason. */
export function connect(
  address: string,
  port: number,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(options.signal.reason);
    const socket = tcpConnect({ host: address, port });
    const finish = (error?: unknown) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', aborted);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const aborted = () => finish(options.signal?.reason);
    const timer = setTimeout(
      () => finish(new Error(`timed out after ${options.timeoutMs} ms: the host is down, or a firewall drops it`)),
      options.timeoutMs,
    );
    options.signal?.addEventListener('abort', aborted, { once: true });
    socket.once('connect', () => finish());
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(new Error(reasons[error.code ?? ''] ?? error.message, { cause: error })),
    );
  });
}

/**
 * Listens on a port and closes every connection. Returns undefined when the port is taken. The server does not keep the
 * process alive.
 */
export function listen(address: string, port: number): Promise<{ close(): Promise<void> } | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.destroy();
    });
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(new Error(`cannot listen on ${address}:${port}: ${error.message}`, { cause: error }));
    });
    server.listen({ host: address, port, exclusive: true }, () =>
      resolve({ close: () => new Promise((closed) => server.close(() => closed())) }),
    );
  });
}

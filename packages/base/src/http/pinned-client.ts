import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { type HttpRequest, sendRequest } from './request.ts';

/** HTTPS to one server, trusting one CA and no other. */
export interface PinnedClient {
  /** As {@link sendRequest}; `path` with its query, from the root. */
  send(path: string, request: HttpRequest): Promise<IncomingMessage>;
  /** Closes the connections. */
  close(): void;
}

/** Which server a client talks to. */
export interface PinnedServer {
  /** `https://host:port`. */
  origin: string;
  /** Certificate of the only CA that is trusted, PEM. */
  ca: string;
  /**
   * true: who holds a certificate of the CA is the server, by whatever name or forwarded address it was reached. For a
   * CA that signs the servers of one coordinator and nothing else.
   */
  anyName?: boolean;
}

/** Makes a client that keeps a connection open for a few seconds. Opens none before the first request. */
export function createPinnedClient({ origin, ca, anyName = false }: PinnedServer): PinnedClient {
  const agent = new Agent({
    ca,
    keepAlive: true,
    maxSockets: 4,
    ...(anyName ? { checkServerIdentity: () => undefined } : {}),
  });
  return {
    send: (path, request) => sendRequest(new URL(path, origin), request, agent),
    close: () => agent.destroy(),
  };
}

import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * How long a request to this route may take until it has come whole, in milliseconds. The default is the server's,
     * and its requestTimeout is the most.
     */
    bodyTimeLimitMs?: number;
  }
}

/**
 * Closes connections whose request does not come whole in time. Node has one such limit for all requests of a server.
 * This one is per route, so that one route may take large files while the others keep a short limit.
 */
export function limitBodyTime(app: FastifyInstance, defaultMs: number): void {
  app.addHook('onRequest', async (request) => {
    const { raw, headers } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (!hasBody || raw.complete) return;
    const limitMs = request.routeOptions.config.bodyTimeLimitMs ?? defaultMs;
    const timer = setTimeout(() => raw.complete || raw.socket.destroy(), limitMs);
    raw.once('close', () => clearTimeout(timer));
  });
}

import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Until a request to this route has come whole, milliseconds; default: the server's. At most its requestTimeout. */
    bodyTimeLimitMs?: number;
  }
}

/**
 * Closes connections whose request does not come whole in time. Node has one such limit for all requests of a server;
 * this one is per route, so that one route may take large files while the others wait for nobody.
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

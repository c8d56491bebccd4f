import type { Server } from 'node:https';
import rateLimit from '@fastify/rate-limit';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { CertificateAndKey } from '../trust/certificates.ts';
import { limitBodyTime } from './body-time-limit.ts';
import { useErrorHandler } from './error-handler.ts';

/** The largest body of a request, in bytes, where a route sets no smaller one. A run over 5,000 nodes fits into it. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** What {@link createHttpsServer} needs. */
export interface HttpsServerOptions {
  certificate: CertificateAndKey;
  log: Logger;
  /**
   * How long a request may take until it has come whole, in milliseconds, where its route says nothing else; default 60
   * s.
   */
  bodyTimeLimitMs?: number;
}

/**
 * Makes the HTTPS server (TLS 1.2 or later) without routes. Register the routes, then call `listen`. Errors leave it as
 * `httpFailure` describes, headers with credentials never reach the log, and routes can set a `rateLimit` per address.
 */
export async function createHttpsServer(options: HttpsServerOptions): Promise<FastifyInstance> {
  const { certificate } = options;
  const server = fastify({
    https: { cert: certificate.certPem, key: certificate.keyPem, minVersion: 'TLSv1.2' },
    loggerInstance: options.log.child(
      { part: 'https' },
      { redact: ['req.headers.authorization', 'req.headers.cookie', 'headers.authorization'] },
    ),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    // close() then ends idle keep-alive connections at once.
    forceCloseConnections: true,
    // Anybody who can reach the port may open connections, so unfinished requests must not pile up. This limit is the
    // longest that any route allows. Routes that allow less are limited below, and headers by Node itself (60 s).
    requestTimeout: 15 * 60_000,
  });
  const app = server as unknown as FastifyInstance; // routes need not know that the server speaks HTTPS
  useErrorHandler(app);
  limitBodyTime(app, options.bodyTimeLimitMs ?? 60_000);
  await app.register(rateLimit, { global: false });
  return app;
}

/** Gives a running server a new certificate. Open connections keep the old one. */
export function renewHttpsCertificate(app: FastifyInstance, certificate: CertificateAndKey): void {
  const server = app.server as unknown as Server;
  server.setSecureContext({ cert: certificate.certPem, key: certificate.keyPem, minVersion: 'TLSv1.2' });
}

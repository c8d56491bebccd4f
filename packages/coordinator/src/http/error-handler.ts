import { type FailureCode, type HttpFailure, VhiveError } from '@vhive/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError, z } from 'zod';
import { HttpError } from './http-error.ts';

/** HTTP status of a failure code, unless an {@link HttpError} says otherwise. */
const STATUS: Record<FailureCode, number> = {
  internal: 500,
  usage: 400,
  preflight: 422,
  'step-failed': 422,
  timeout: 504,
  unreachable: 503,
  refused: 403,
  interrupted: 409,
};

/** Makes every error, and every unknown path, a body as `httpFailure` describes. Internals go to the log only. */
export function useErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ code: 'usage', message: `there is no ${request.method} ${request.url.split('?')[0]}` }),
  );
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [status, body] = failureOf(error);
  if (status >= 500) request.log.error({ err: error, method: request.method, route: request.routeOptions.url });
  return reply.code(status).send(body);
}

function failureOf(error: unknown): [number, HttpFailure] {
  if (error instanceof VhiveError) {
    const status = error instanceof HttpError ? error.statusCode : STATUS[error.code];
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [status, { code: error.code, message: error.message, ...hint }];
  }
  if (error instanceof ZodError) return [400, { code: 'usage', message: z.prettifyError(error) }];
  // Fastify's own: body too large, not JSON, unknown content type ...
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return [statusCode, { code: statusCode === 429 ? 'refused' : 'usage', message: message ?? 'bad request' }];
  return [500, { code: 'internal', message: 'internal error; the log of the coordinator says more' }];
}

import { isDiskFull, systemFailure } from '@vhive/base/system-failure';
import { type HttpFailure, httpRefusals, httpStatusOf, messageOf, VhiveError } from '@vhive/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { diskFull, HttpError } from './http-error.ts';

/**
 * Answers every error, and every unknown path, with a body as `httpFailure` describes it. Details of internal errors go
 * only to the log.
 */
export function useErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const { http, code } = httpRefusals['no-such-path'];
    return reply.code(http).send({ code, message: `there is no ${request.method} ${request.url.split('?')[0]}` });
  });
}

/** The HTTP status with which an error leaves the server. */
export function statusOf(error: VhiveError): number {
  return error instanceof HttpError ? httpRefusals[error.refusal].http : httpStatusOf(error.code);
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [status, body] = failureOf(error);
  const where = { method: request.method, route: request.routeOptions.url };
  // What is foreseen, such as a full disk, needs no stack trace; a defect does.
  if (status >= 500 && body.code !== 'internal') request.log.warn(where, body.message);
  else if (status >= 500) request.log.error({ ...where, err: error });
  return reply.code(status).send(body);
}

function failureOf(thrown: unknown): [number, HttpFailure] {
  const error = isDiskFull(thrown) ? diskFull(systemFailure(thrown)?.message ?? messageOf(thrown)) : thrown;
  if (error instanceof VhiveError) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [statusOf(error), { code: error.code, message: error.message, ...hint }];
  }
  if (error instanceof z.ZodError) return [httpStatusOf('usage'), { code: 'usage', message: z.prettifyError(error) }];
  // These errors are Fastify's own: a body is too large, is not JSON, or has an unknown content type.
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const code = statusCode === httpRefusals['too-many'].http ? 'refused' : 'usage';
    return [statusCode, { code, message: message ?? 'bad request' }];
  }
  const text = 'internal error; the log of the coordinator says more';
  return [httpStatusOf('internal'), { code: 'internal', message: text }];
}

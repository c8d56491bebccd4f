import { bodyMayBeAbsent, type Route, VhiveError } from '@vhive/shared';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';

/**
 * Reads the input of a request as the table of routes describes it: the fields of its path, its query and its JSON
 * body. Input that does not fit is a usage error that names the field.
 */
export function readInput(route: Route, request: Pick<FastifyRequest, 'params' | 'query' | 'body'>): object {
  const { params, query, body } = route;
  return {
    ...(params && read(params, request.params)),
    ...(query && read(query, request.query)),
    ...(body instanceof z.ZodObject && read(body, bodyMayBeAbsent(route) ? (request.body ?? {}) : request.body)),
  };
}

function read<S extends z.ZodObject>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new VhiveError({ code: 'usage', message: z.prettifyError(parsed.error) });
}

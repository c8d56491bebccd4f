import { pathOf, type Route } from '@vhive/shared';
import * as z from 'zod';
import type { CoordinatorRequest } from './request.ts';

/**
 * Makes the request that carries an input to a route. The fields of the input go into the path, the query and the JSON
 * body.
 */
export function requestOf(
  { method, path, params, query, body }: Omit<Route, 'reply'>,
  input: object,
): CoordinatorRequest {
  const fields = new Map<string, unknown>(Object.entries(input).filter(([, value]) => value !== undefined));
  const take = (part: z.ZodObject | undefined) => {
    const taken = Object.keys(part?.shape ?? {}).filter((name) => fields.has(name));
    return taken.map((name) => [name, fields.get(name)] as const);
  };
  const search = new URLSearchParams(take(query).map(([name, value]) => [name, String(value)]));
  const filled = pathOf({ path }, Object.fromEntries(take(params).map(([name, value]) => [name, String(value)])));
  return {
    method,
    path: search.size === 0 ? filled : `${filled}?${search}`,
    ...(body instanceof z.ZodObject ? { body: Object.fromEntries(take(body)) } : {}),
  };
}

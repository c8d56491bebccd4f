import type * as z from 'zod';
import { httpFailure, httpRefusalOf } from '../http-failure.ts';
import { FILE_TYPE, failuresOf, LINES_TYPE, type Reply, type Route } from '../route.ts';
import type { JsonSchema } from './json-schemas.ts';

/** What a request or an answer holds, by content type. */
export type Content = Record<string, { schema: JsonSchema }>;
/** One status with which a route answers. */
export interface Response {
  description: string;
  content?: Content;
}

/** Finds the JSON schema of what is sent to the server, and of what it answers. */
export interface SchemaFinder {
  sent(schema: z.ZodType): JsonSchema;
  answered(schema: z.ZodType): JsonSchema;
}

/** What a success means of which nothing more is to be said. */
const DONE = 'It is done.';

/** The answers of success, by status. */
export function successesOf(reply: Reply, schemas: SchemaFinder): Record<string, Response> {
  switch (reply.kind) {
    case 'json': {
      const content = { 'application/json': { schema: schemas.answered(reply.schema) } };
      const statuses = reply.statuses ?? { 200: DONE };
      return Object.fromEntries(
        Object.entries(statuses).map(([status, description]) => [status, { description, content }]),
      );
    }
    case 'nothing':
      return { 204: { description: 'It is done, and the answer is empty.' } };
    case 'lines':
      return {
        200: {
          description: 'Each line is the JSON text of one such value.',
          content: { [LINES_TYPE]: { schema: schemas.answered(reply.schema) } },
        },
      };
    case 'messages':
      return {
        101: {
          description: 'The connection becomes a WebSocket. Each message is the JSON text of one such value.',
          content: { 'application/json': { schema: schemas.answered(reply.schema) } },
        },
      };
    case 'file':
      return Object.fromEntries(
        Object.entries(reply.statuses).map(([status, description]) => [
          status,
          status === '304' ? { description } : { description, content: { [FILE_TYPE]: { schema: {} } } },
        ]),
      );
  }
}

/** The refusals, by status. Several with the same status are told in one description. */
export function refusalsOf(route: Route, schemas: SchemaFinder): Record<string, Response> {
  const byStatus = Map.groupBy(failuresOf(route).map(httpRefusalOf), ({ http }) => http);
  const content = { 'application/json': { schema: schemas.answered(httpFailure) } };
  return Object.fromEntries(
    [...byStatus].map(([status, refusals]) => {
      const description = refusals.map(({ code, meaning }) => `\`${code}\`: ${meaning}`).join(' ');
      return [status, { description, content }];
    }),
  );
}

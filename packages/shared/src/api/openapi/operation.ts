import type * as z from 'zod';
import { httpFailure, httpRefusalOf } from '../http-failure.ts';
import { type Access, bodyMayBeAbsent, FILE_TYPE, failuresOf, LINES_TYPE, type Reply, type Route } from '../route.ts';
import type { JsonSchema } from './json-schemas.ts';

/** What a request or an answer holds, by content type. */
export type Content = Record<string, { schema: JsonSchema }>;
/** One status with which a route answers. */
export interface Response {
  description: string;
  content?: Content;
}
/** A field of the path or of the query. */
export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
}
/** An operation of OpenAPI: one route. */
export interface OpenApiOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, never[]>[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, Response>;
}

/** Finds the JSON schema of what is sent to the server, and of what it answers. */
export interface SchemaFinder {
  sent(schema: z.ZodType): JsonSchema;
  answered(schema: z.ZodType): JsonSchema;
}

/** What a success means of which nothing more is to be said. */
const DONE = 'It is done.';

const securityOf: Record<Access, Record<string, never[]>[]> = {
  everybody: [],
  agent: [{ agentToken: [] }],
  operator: [{ operatorToken: [] }],
};

/** A route of the table as an operation of OpenAPI. */
export function operationOf(name: string, area: string, route: Route, schemas: SchemaFinder): OpenApiOperation {
  const { summary, description, auth, params, query, body } = route;
  const parameters = [...parametersOf('path', params, schemas), ...parametersOf('query', query, schemas)];
  return {
    operationId: name,
    tags: [area],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf[auth],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: !bodyMayBeAbsent(route), content: contentOfBody(body, schemas) } }),
    responses: { ...successesOf(route.reply, schemas), ...refusalsOf(route, schemas) },
  };
}

function parametersOf(place: 'path' | 'query', fields: z.ZodObject | undefined, schemas: SchemaFinder): Parameter[] {
  if (fields === undefined) return [];
  const { properties = {}, required = [] } = schemas.sent(fields);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as JsonSchema;
    return {
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

function contentOfBody(body: NonNullable<Route['body']>, schemas: SchemaFinder): Content {
  return body === 'file' ? { [FILE_TYPE]: { schema: {} } } : { 'application/json': { schema: schemas.sent(body) } };
}

function successesOf(reply: Reply, schemas: SchemaFinder): Record<string, Response> {
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

function refusalsOf(route: Route, schemas: SchemaFinder): Record<string, Response> {
  const byStatus = Map.groupBy(failuresOf(route).map(httpRefusalOf), ({ http }) => http);
  const content = { 'application/json': { schema: schemas.answered(httpFailure) } };
  return Object.fromEntries(
    [...byStatus].map(([status, refusals]) => {
      const description = refusals.map(({ code, meaning }) => `\`${code}\`: ${meaning}`).join(' ');
      return [status, { description, content }];
    }),
  );
}

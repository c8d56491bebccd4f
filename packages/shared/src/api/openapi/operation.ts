import type * as z from 'zod';
import { defined } from '../../defined.ts';
import { type Access, bodyMayBeAbsent, FILE_TYPE, type Route } from '../route.ts';
import type { JsonSchema } from './json-schemas.ts';
import { type Content, type Response, refusalsOf, type SchemaFinder, successesOf } from './responses.ts';

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
    ...defined({ description }),
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
      ...defined({ description }),
      schema,
    };
  });
}

function contentOfBody(body: NonNullable<Route['body']>, schemas: SchemaFinder): Content {
  return body === 'file' ? { [FILE_TYPE]: { schema: {} } } : { 'application/json': { schema: schemas.sent(body) } };
}

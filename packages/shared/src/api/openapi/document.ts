import * as z from 'zod';
import { VERSION } from '../../version.ts';
import { DEFAULT_HTTPS_PORT } from '../../wire/ports.ts';
import { httpFailure } from '../http-failure.ts';
import type { Route } from '../route.ts';
import { routeAreas, routes } from '../routes.ts';
import { type JsonSchema, jsonSchemas } from './json-schemas.ts';
import { answeredSchemas, sentSchemas } from './named-schemas.ts';
import { type OpenApiOperation, operationOf } from './operation.ts';
import type { SchemaFinder } from './responses.ts';

export type { JsonSchema } from './json-schemas.ts';
export type { OpenApiOperation } from './operation.ts';

/** The description of the API, as OpenAPI 3.1 has it. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string; description: string }[];
  tags: { name: string }[];
  /** By path, then by method in lower case. */
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    securitySchemes: Record<string, { type: 'http'; scheme: 'bearer'; description: string }>;
  };
}

/** Makes the description of the API from the table of routes. */
export function openApiDocument(): OpenApiDocument {
  const all: Route[] = Object.values(routes);
  const sent = jsonSchemas(all.flatMap(sentBy), sentSchemas, 'input');
  const answered = jsonSchemas([...all.flatMap(answeredBy), httpFailure], answeredSchemas, 'output');
  return {
    openapi: '3.1.1',
    info: {
      title: 'vHive coordinator',
      version: VERSION,
      description: 'What operators, agents and everybody else can ask of the coordinator of a vHive cluster.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: `https://localhost:${DEFAULT_HTTPS_PORT}`,
        description: "A coordinator. Its certificate is of the cluster's own CA.",
      },
    ],
    tags: Object.keys(routeAreas).map((name) => ({ name })),
    paths: pathsOf({ sent: sent.of, answered: answered.of }),
    components: {
      schemas: { ...answered.components, ...sent.components },
      securitySchemes: {
        operatorToken: {
          ...{ type: 'http', scheme: 'bearer' },
          description: 'The text of the file `operator-token` in the state directory of the coordinator.',
        },
        agentToken: {
          ...{ type: 'http', scheme: 'bearer' },
          description: 'The `artifactToken` that an agent is given when it is let in.',
        },
      },
    },
  };
}

function pathsOf(schemas: SchemaFinder): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {};
  for (const [area, areaRoutes] of Object.entries(routeAreas))
    for (const [name, route] of Object.entries<Route>(areaRoutes)) {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, area, route, schemas) };
    }
  return paths;
}

function sentBy({ params, query, body }: Route): z.ZodType[] {
  return [params, query, body].filter((part) => part instanceof z.ZodObject);
}

function answeredBy({ reply }: Route): z.ZodType[] {
  return 'schema' in reply ? [reply.schema] : [];
}

import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import type { Route } from '../route.ts';
import { routes } from '../routes.ts';
import { openApiDocument } from './document.ts';

const document = openApiDocument();

it('is a valid document of OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate({ ...document })).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
});

it('describes every route of the table', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(routes).toSorted());
  const counted = Object.values<Route>(routes).filter(({ auth }) => auth === 'operator');
  expect(operations.filter(({ security }) => security.some((one) => 'operatorToken' in one))).toHaveLength(
    counted.length,
  );
});

it('uses every schema that it names, and names every schema that it uses', () => {
  const used = new Set(
    [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
  );
  expect([...used].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
});

it('says where a body, a line, a message or a file is', () => {
  const { paths } = document;
  expect(paths['/v1/runs']?.post?.requestBody).toMatchObject({ required: true });
  expect(paths['/v1/runs/{id}/retry']?.post?.requestBody).toMatchObject({ required: false });
  expect(paths['/v1/logs']?.get?.responses[200]?.content).toHaveProperty('application/x-ndjson');
  expect(paths['/v1/stream']?.get?.responses[101]?.description).toContain('WebSocket');
  expect(Object.keys(paths['/v1/artifacts/{sha256}'] ?? {})).toEqual(['get', 'head', 'put']);
});

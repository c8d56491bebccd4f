import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Route, routes, VhiveError } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArtifactStore } from '../artifacts/store.ts';
import type { Operations } from '../operations/operations.ts';
import { openAuthority } from '../trust/authority.ts';
import { createHttpApi } from './http-api.ts';
import type { EnrolmentOptions } from './routes/enrolment.ts';

let directory: string;
let app: FastifyInstance;
const retried: unknown[] = [];

const operations: Partial<Operations> = {
  retryRun: (input) => {
    retried.push(input);
    throw new VhiveError({ code: 'usage', message: 'there is no such run' });
  },
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-http-'));
  const authority = await openAuthority({ stateDir: directory, cluster: 'test' });
  const nodes = {
    nodeOfArtifactToken: (token: string) => (token === 'agent' ? 'n1' : undefined),
    isNodeAddress: (address: string) => address === '10.0.0.1',
  };
  app = await createHttpApi({
    certificate: await authority.serverCertificate(),
    log: pino({ level: 'silent' }),
    enrolment: { authority, nodes } as unknown as EnrolmentOptions,
    store: await ArtifactStore.open(join(directory, 'artifacts')),
    images: { manifest: async () => undefined, blob: async () => undefined },
    mayPublish: () => false,
    operations: operations as Operations,
    async findJobFile(runId, sha256) {
      const path = join(directory, 'calls');
      await writeFile(path, `of ${runId}`);
      return { path, sha256, bytes: 11 };
    },
    operatorToken: 'operator',
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

const all = Object.values<Route>(routes);

it('registers every route of the table', () => {
  expect(all.filter(({ method, path }) => !app.hasRoute({ method, url: path }))).toEqual([]);
});

it.each(all.filter(({ auth }) => auth !== 'everybody'))('lets only its callers use $method $path', async (route) => {
  const { method, path: url, auth } = route;
  const other = auth === 'agent' ? 'operator' : 'agent';
  for (const headers of [{}, { authorization: `Bearer ${other}` }])
    expect((await app.inject({ method, url, headers })).statusCode).toBe(401);
});

it('answers as an image registry to the addresses of nodes alone', async () => {
  const status = async (remoteAddress: string) => (await app.inject({ url: '/v2/', remoteAddress })).statusCode;
  expect([await status('10.0.0.1'), await status('10.0.0.2'), await status('127.0.0.1')]).toEqual([200, 403, 403]);
});

it('sends operators the files that jobs published', async () => {
  const url = `/v1/runs/run-0001/files/${'a'.repeat(64)}`;
  const { statusCode, body } = await app.inject({ url, headers: { authorization: 'Bearer operator' } });
  expect([statusCode, body]).toEqual([200, 'of run-0001']);
});

const retry = (id: string, payload?: object) =>
  app.inject({
    ...{ method: 'POST', url: `/v1/runs/${id}/retry`, headers: { authorization: 'Bearer operator' } },
    ...(payload && { payload }),
  });

it('hands a handler the fields of path and body, with defaults filled in', async () => {
  expect((await retry('run-0001')).statusCode).toBe(400);
  expect((await retry('run-0002', { nodes: ['n1'] })).statusCode).toBe(400);
  expect(retried).toEqual([
    { id: 'run-0001', nodes: [] },
    { id: 'run-0002', nodes: ['n1'] },
  ]);
});

it.each([
  ['a path', () => retry('nonsense')],
  ['a body', () => retry('run-0001', { nodes: 'n1' })],
])('refuses %s that does not fit, and names the field', async (_what, ask) => {
  const answer = await ask();
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'usage', message: expect.stringMatching(/→ at (id|nodes)/) });
});

it.each(['/v1/logs?node=%3E', '/v1/logs?phase=*', '/v1/logs?node=a.b', '/v1/logs?run=%3E', '/v1/logs?phase=..%2F..'])(
  'refuses %s, which could match more than one subject',
  async (url) => {
    const answer = await app.inject({ method: 'GET', url, headers: { authorization: 'Bearer operator' } });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'usage']);
  },
);

it('serves the description of itself', async () => {
  const answer = await app.inject({ method: 'GET', url: '/openapi.json' });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ openapi: '3.1.1', paths: { '/v1/runs/{id}/retry': { post: {} } } });
});

it('answers an unknown path as every other failure', async () => {
  const answer = await app.inject({ method: 'GET', url: '/v1/nothing' });
  expect([answer.statusCode, answer.json()]).toEqual([404, { code: 'usage', message: 'there is no GET /v1/nothing' }]);
});

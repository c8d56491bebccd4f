import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../artifacts/sources/download.ts';
import { ArtifactStore } from '../../artifacts/store.ts';
import { requireAgent } from '../bearer.ts';
import { useErrorHandler } from '../error-handler.ts';
import { serveArtifacts } from './artifacts.ts';

const content = randomBytes(1000);
const hash = createHash('sha256').update(content).digest('hex');
const url = `/v1/artifacts/${hash}`;
let directory: string;
let store: ArtifactStore;
let app: FastifyInstance;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-routes-'));
  store = await ArtifactStore.open(join(directory, 'artifacts'));
  await writeFile(join(directory, 'file'), content);
  await store.add(join(directory, 'file'), hash);
  app = fastify();
  useErrorHandler(app);
  await app.register(serveArtifacts, {
    store,
    mostBytes: 100_000,
    authorize: async (request) => {
      if (request.headers.authorization !== 'Bearer good') throw new VhiveError({ code: 'refused', message: 'no' });
    },
  });
});
afterEach(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

const get = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET', path = url) =>
  app.inject({ method, url: path, headers: { authorization: 'Bearer good', ...headers } });

describe('serveArtifacts', () => {
  it('serves the whole file', async () => {
    const answer = await get();
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload).toEqual(content);
    expect(answer.headers).toMatchObject({ etag: `"${hash}"`, 'content-length': '1000', 'accept-ranges': 'bytes' });
  });

  it('answers HEAD without a body', async () => {
    const answer = await get({}, 'HEAD');
    expect(answer.headers['content-length']).toBe('1000');
    expect(answer.rawPayload).toHaveLength(0);
  });

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=900-', 900, 1000],
    ['bytes=-50', 950, 1000],
    ['bytes=990-5000', 990, 1000],
    ['bytes=-5000', 0, 1000],
  ])('serves the range %s', async (range, from, to) => {
    const answer = await get({ range });
    expect(answer.statusCode).toBe(206);
    expect(answer.rawPayload).toEqual(content.subarray(from, to));
    expect(answer.headers['content-range']).toBe(`bytes ${from}-${to - 1}/1000`);
    expect(answer.headers['content-length']).toBe(String(to - from));
  });

  it.each(['bytes=5-2', 'lines=1-2', 'bytes=0-1,5-6', 'bytes=-', 'nonsense'])('serves all for %s', async (range) => {
    expect((await get({ range })).statusCode).toBe(200);
  });

  it.each(['bytes=1000-', 'bytes=-0'])('refuses %s, past the end', async (range) => {
    const answer = await get({ range });
    expect(answer.statusCode).toBe(416);
    expect(answer.headers['content-range']).toBe('bytes */1000');
  });

  it('honours If-Range and If-None-Match', async () => {
    expect((await get({ range: 'bytes=0-9', 'if-range': '"other"' })).statusCode).toBe(200);
    expect((await get({ range: 'bytes=0-9', 'if-range': `"${hash}"` })).statusCode).toBe(206);
    expect((await get({ 'if-none-match': `"${hash}"` })).statusCode).toBe(304);
  });

  it.each([`/v1/artifacts/${'0'.repeat(64)}`, '/v1/artifacts/..%2Findex.json', '/v1/artifacts/x'])(
    'has no %s',
    async (path) => {
      const answer = await get({}, 'GET', path);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'not-found' });
    },
  );

  it('asks who it is before anything else', async () => {
    expect((await get({ authorization: 'Bearer bad' })).statusCode).toBeGreaterThanOrEqual(400);
  });

  it.each([400, 1000])('lets a download that broke off after %i bytes go on', async (had) => {
    const open = fastify();
    await open.register(serveArtifacts, { store });
    const base = await open.listen({ port: 0, host: '127.0.0.1' });
    const path = join(directory, 'again');
    await writeFile(path, content.subarray(0, had));
    await writeFile(`${path}.json`, JSON.stringify({ url: `${base}${url}`, validator: `"${hash}"` }));
    const progress: number[] = [];
    await download(`${base}${url}`, path, { signal: AbortSignal.timeout(5000), onProgress: (n) => progress.push(n) });
    await open.close();
    expect(progress[0]).toBe(had === 1000 ? undefined : had);
    expect(await readFile(path)).toEqual(content);
  });
});

describe('a file put into the store', () => {
  const made = randomBytes(5000);
  const madeHash = createHash('sha256').update(made).digest('hex');
  const madeUrl = `/v1/artifacts/${madeHash}`;
  const put = (body: Buffer, options: { path?: string; headers?: Record<string, string> } = {}) =>
    app.inject({
      method: 'PUT',
      url: options.path ?? madeUrl,
      headers: { authorization: 'Bearer good', 'content-type': 'application/octet-stream', ...options.headers },
      payload: body,
    });
  const leftovers = () => readdir(join(directory, 'artifacts/partial'));

  it('is there afterwards; a second time it is there already', async () => {
    expect((await get({}, 'HEAD', madeUrl)).statusCode).toBe(404);
    const first = await put(made);
    expect([first.statusCode, first.json()]).toEqual([201, { sha256: madeHash, bytes: 5000 }]);
    expect((await get({}, 'GET', madeUrl)).rawPayload).toEqual(made);
    expect((await put(made)).statusCode).toBe(200);
    expect(await leftovers()).toEqual([]);
  });

  it('may come from many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => put(made)));
    for (const { statusCode } of answers) expect([200, 201]).toContain(statusCode);
    expect((await get({}, 'GET', madeUrl)).rawPayload).toEqual(made);
    expect(await leftovers()).toEqual([]);
  });

  it('cannot take the name of another content', async () => {
    const answer = await put(randomBytes(5000));
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'refused', message: expect.stringContaining(madeHash) });
    expect((await put(randomBytes(10), { path: url })).statusCode).toBe(200);
    expect((await get()).rawPayload).toEqual(content);
    expect((await get({}, 'HEAD', madeUrl)).statusCode).toBe(404);
    expect(await leftovers()).toEqual([]);
  });

  it.each([
    ['too large', 413, { body: randomBytes(100_001) }],
    ['named by no hash', 400, { body: made, path: '/v1/artifacts/..%2Findex.json' }],
    ['of unknown length', 411, { body: made, headers: { 'content-length': 'unknown' } }],
    ['of a stranger', 403, { body: made, headers: { authorization: 'Bearer bad' } }],
    ['no file at all', 415, { body: made, headers: { 'content-type': 'text/html' } }],
  ])('is refused when it is %s', async (_, status, { body, ...options }) => {
    expect((await put(body, options)).statusCode).toBe(status);
    expect(await readdir(join(directory, 'artifacts/sha256'))).toEqual([hash]);
    expect(await leftovers()).toEqual([]);
  });

  it('is refused of a node that does nothing which publishes files; it may read all the same', async () => {
    const busy = fastify();
    useErrorHandler(busy);
    requireAgent(busy, { nodeOfArtifactToken: (token) => token });
    await busy.register(serveArtifacts, { store, mayPublish: (node) => node === 'builder' });
    const headers = (node: string) => ({ authorization: `Bearer ${node}`, 'content-type': 'application/octet-stream' });
    const answer = (node: string) =>
      busy.inject({ method: 'PUT', url: madeUrl, headers: headers(node), payload: made });
    expect((await answer('worker')).json()).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('worker'),
    });
    expect(await readdir(join(directory, 'artifacts/sha256'))).toEqual([hash]);
    expect((await busy.inject({ url, headers: headers('worker') })).statusCode).toBe(200);
    expect((await answer('builder')).statusCode).toBe(201);
    await busy.close();
  });

  it('is refused when too little of the disk would stay free', async () => {
    const full = fastify();
    useErrorHandler(full);
    await full.register(serveArtifacts, { store, reserveBytes: Number.MAX_SAFE_INTEGER });
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await full.inject({ method: 'PUT', url: madeUrl, headers, payload: made });
    expect([answer.statusCode, answer.json().hint]).toEqual([507, expect.stringContaining('make room')]);
    expect(answer.json().message).toMatch(/stay free for the coordinator's own records/);
    await full.close();
  });

  it('keeps the reserve also when many come at once', async () => {
    const tight = fastify();
    useErrorHandler(tight);
    // There is room for three files of this size above the reserve.
    vi.spyOn(store, 'freeBytes').mockResolvedValue(100_000 + 3.5 * made.length);
    await tight.register(serveArtifacts, { store, reserveBytes: 100_000 });
    const base = await tight.listen({ port: 0, host: '127.0.0.1' });
    const files = Array.from({ length: 8 }, () => randomBytes(made.length));
    const answers = files.map((content) => {
      const name = createHash('sha256').update(content).digest('hex');
      const sending = request(`${base}/v1/artifacts/${name}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream', 'content-length': content.length },
      });
      const status = new Promise<number | undefined>((resolve) => {
        sending.once('response', (response) => resolve(response.resume().statusCode));
      });
      sending.write(content.subarray(0, 1000));
      return { sending, status, content };
    });
    const refused = await vi.waitFor(async () => {
      const early = await Promise.all(answers.map(({ status }) => Promise.race([status, Promise.resolve(undefined)])));
      expect(early.filter((status) => status === 507)).toHaveLength(5);
      return early;
    });
    for (const { sending, content } of answers) sending.end(content.subarray(1000));
    const statuses = await Promise.all(answers.map(({ status }) => status));
    expect(refused.filter((status) => status === undefined)).toHaveLength(3);
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    const later = { 'content-type': 'application/octet-stream' };
    expect((await tight.inject({ method: 'PUT', url: madeUrl, headers: later, payload: made })).statusCode).toBe(201);
    await tight.close();
  });

  it('leaves nothing when its sender goes away', async () => {
    const base = await app.listen({ port: 0, host: '127.0.0.1' });
    const sending = request(`${base}${madeUrl}`, {
      method: 'PUT',
      headers: { authorization: 'Bearer good', 'content-type': 'application/octet-stream', 'content-length': 5000 },
    });
    sending.on('error', () => undefined);
    sending.write(made.subarray(0, 3000));
    await vi.waitFor(async () => expect(await leftovers()).toHaveLength(1));
    sending.destroy();
    await vi.waitFor(async () => expect(await leftovers()).toEqual([]));
    expect((await get({}, 'HEAD', madeUrl)).statusCode).toBe(404);
  });

  it('is removed by the next start when the coordinator was killed while it came', async () => {
    for (const name of ['scratch-old', 'scratch-new'])
      await writeFile(join(directory, 'artifacts/partial', name), 'half');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(directory, 'artifacts/partial/scratch-old'), longAgo, longAgo);
    await ArtifactStore.open(join(directory, 'artifacts'));
    expect(await leftovers()).toEqual(['scratch-new']);
  });
});

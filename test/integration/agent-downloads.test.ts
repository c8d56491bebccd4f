import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Downloads } from '@vhive/agent/executor/ports';
import { createDownloads } from '@vhive/agent/transport/artifacts/downloads';
import { createIdentity } from '@vhive/agent/transport/enrolment/identity';
import { type CertificateAndKey, createCa, issueServerCertificate } from '@vhive/coordinator/trust/certificates';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const content = randomBytes(3_000_000);
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const artifact = { name: 'thing 1.0', sha256: digestOf(content), bytes: content.byteLength };

let ca: CertificateAndKey;
let server: Server;
let directory: string;
let downloads: Downloads;
let cache: string;
/** What the server does with each request, in turn. The last one also answers all further requests. */
let behaviour: ((request: IncomingMessage, response: ServerResponse) => void)[];
let ranges: (string | undefined)[];

beforeAll(async () => {
  ca = await createCa('test');
  const { certPem, keyPem } = await issueServerCertificate(ca, ['127.0.0.1']);
  server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    ranges.push(request.headers.range);
    const act = behaviour.length > 1 ? behaviour.shift() : behaviour[0];
    act?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

beforeEach(async () => {
  ranges = [];
  behaviour = [serve()];
  directory = await mkdtemp(join(tmpdir(), 'vhive-downloads-'));
  cache = join(directory, 'downloads');
  const coordinator = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const enrolment = {
    cluster: 'test',
    node: 'n1',
    jwt: '',
    natsUrls: [''],
    artifactToken: 'artifact-token',
    coordinator,
  };
  downloads = createDownloads(cache, () => ({ ...createIdentity(), ca: ca.certPem, enrolment }));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Serves `body` with ranges. The connection breaks after `breakAfter` bytes of each answer. */
function serve(options: { body?: Buffer; breakAfter?: number; ignoreRange?: boolean } = {}) {
  const body = options.body ?? content;
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization !== 'Bearer artifact-token') return void response.writeHead(401).end('{}');
    const start = options.ignoreRange ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.byteLength - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${body.byteLength - 1}/${body.byteLength}` } : {}),
    });
    if (options.breakAfter === undefined) return void response.end(body.subarray(start));
    response.write(body.subarray(start, start + options.breakAfter), () => response.socket?.destroy());
  };
}

const fetchTo = (path: string, changes: Partial<Parameters<Downloads['download']>[2]> = {}) =>
  downloads.download(artifact, path, {
    mode: '0755',
    signal: AbortSignal.timeout(20_000),
    progress: () => undefined,
    ...changes,
  });

describe('a download', () => {
  it('puts the file at its place, with its mode, and leaves nothing else', async () => {
    const target = join(directory, 'opt/bin/thing');
    const told: string[] = [];
    await fetchTo(target, { progress: (detail) => told.push(detail) });
    expect(digestOf(await readFile(target))).toBe(artifact.sha256);
    expect((await stat(target)).mode & 0o777).toBe(0o755);
    expect(await readdir(join(directory, 'opt/bin'))).toEqual(['thing']);
    expect(await readdir(cache)).toEqual([]);
    expect(told.at(-1)).toBe('3.0 of 3.0 MB');
  });

  it('goes on where the connection broke, again and again', async () => {
    behaviour = [serve({ breakAfter: 400_000 })];
    await fetchTo(join(directory, 'thing'));
    expect(digestOf(await readFile(join(directory, 'thing')))).toBe(artifact.sha256);
    expect(ranges.length).toBeGreaterThan(3);
    expect(ranges[0]).toBeUndefined();
    const starts = ranges.slice(1).map((range) => Number(/\d+/.exec(range ?? '')?.[0]));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts[0]).toBeGreaterThan(0);
  });

  it('goes on with what an earlier process has left', async () => {
    await mkdir(cache);
    await writeFile(join(cache, `${artifact.sha256}.part`), content.subarray(0, 1_000_000));
    await fetchTo(join(directory, 'thing'));
    expect(ranges).toEqual(['bytes=1000000-']);
  });

  it('begins anew when the server knows no ranges', async () => {
    await mkdir(cache);
    await writeFile(join(cache, `${artifact.sha256}.part`), content.subarray(0, 1_000_000));
    behaviour = [serve({ ignoreRange: true })];
    await fetchTo(join(directory, 'thing'));
    expect(digestOf(await readFile(join(directory, 'thing')))).toBe(artifact.sha256);
  });

  it('throws away what was left when it turns out to be wrong', async () => {
    await mkdir(cache);
    await writeFile(join(cache, `${artifact.sha256}.part`), randomBytes(1_000_000));
    await fetchTo(join(directory, 'thing'));
    expect(ranges).toEqual(['bytes=1000000-', undefined]);
  });

  it('fails when the content is another than promised, and puts nothing there', async () => {
    behaviour = [serve({ body: randomBytes(content.byteLength) })];
    await expect(fetchTo(join(directory, 'thing'))).rejects.toMatchObject({
      code: 'step-failed',
      message: expect.stringContaining(artifact.sha256),
    });
    expect(await readdir(directory)).toEqual(['downloads']);
  });

  it('fails when more comes than promised', async () => {
    behaviour = [serve({ body: Buffer.concat([content, content]) })];
    await expect(fetchTo(join(directory, 'thing'))).rejects.toMatchObject({ code: 'step-failed' });
  });

  it('tells what the coordinator says when it refuses', async () => {
    const missing = { code: 'not-found', message: 'no such artifact', hint: 'fetch it' };
    behaviour = [(_, response) => void response.writeHead(404).end(JSON.stringify(missing))];
    await expect(fetchTo(join(directory, 'thing'))).rejects.toMatchObject({
      message: expect.stringContaining('no such artifact'),
      hint: 'fetch it',
    });
    expect(ranges).toHaveLength(1);
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    behaviour = [(_, response) => void response.writeHead(200).write(content.subarray(0, 1_000))];
    const reason = new Error('cancelled');
    const download = fetchTo(join(directory, 'thing'), { signal: abort.signal, progress: () => abort.abort(reason) });
    await expect(download).rejects.toBe(reason);
  });

  it('is shared by all who want the same file at once', async () => {
    const places = ['a', 'b', 'c'].map((name) => join(directory, name));
    await Promise.all(places.map((place) => fetchTo(place)));
    for (const place of places) expect(digestOf(await readFile(place))).toBe(artifact.sha256);
    expect(ranges).toHaveLength(1);
    expect(await readdir(cache)).toEqual([]);
    expect(new Set(await Promise.all(places.map(async (place) => (await stat(place)).ino))).size).toBe(3);
  });

  it('goes on for the others when one of them is aborted', async () => {
    const abort = new AbortController();
    const first = fetchTo(join(directory, 'a'), {
      signal: abort.signal,
      progress: () => abort.abort(new Error('enough')),
    });
    const second = fetchTo(join(directory, 'b'));
    await expect(first).rejects.toThrow('enough');
    await second;
    expect(digestOf(await readFile(join(directory, 'b')))).toBe(artifact.sha256);
    expect(ranges).toHaveLength(1);
  });
});

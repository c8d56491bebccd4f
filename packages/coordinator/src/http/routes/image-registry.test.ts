import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { addToImageIndex } from '@vhive/base/image-index';
import { imageArchivePath } from '@vhive/shared';
import fc from 'fast-check';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockFile } from '../../artifacts/lock-file.ts';
import { writeDockerArchive } from '../../artifacts/registry/docker-archive.fixture.ts';
import { ImageRegistry } from '../../artifacts/registry/image-registry.ts';
import { parseMirror } from '../../artifacts/sources/mirror-tree.ts';
import { ArtifactStore } from '../../artifacts/store.ts';
import { useErrorHandler } from '../error-handler.ts';
import { serveImageRegistry } from './image-registry.ts';

const ref = 'docker.io/library/nginx:1.27';
const layer = Buffer.from('0123456789'.repeat(1000));
const layerDigest = `sha256:${createHash('sha256').update(layer).digest('hex')}`;

let directory: string;
let app: FastifyInstance;
let port: number;
let isNode = true;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-v2-'));
  const root = join(directory, 'mirror');
  const path = imageArchivePath(ref, 'amd64');
  const made = await writeDockerArchive(join(root, path), { layers: [{ content: layer }], ref });
  await addToImageIndex(root, { ref, arch: 'amd64', path, sha256: made.sha256, bytes: made.bytes, digest: null });
  const store = await ArtifactStore.open(join(directory, 'store'));
  const lockFile = new LockFile(join(directory, 'vhive.lock'));
  const registry = new ImageRegistry({
    sources: () => ({ store, lockFile, mirror: parseMirror(root) }),
    directory: join(directory, 'known'),
    signal: AbortSignal.timeout(60_000),
    log: () => undefined,
  });
  app = fastify();
  useErrorHandler(app);
  await app.register(async (scope) => serveImageRegistry(scope, { registry, isNodeAddress: () => isNode }));
  port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

/** Asks as containerd does, with a real connection. The path goes out exactly as it is given. */
async function ask(path: string, { method = 'GET', range }: { method?: 'GET' | 'HEAD'; range?: string } = {}) {
  const headers = range === undefined ? {} : { range };
  const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }).end();
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).once('error', reject),
  );
  const body = await buffer(answer);
  return { status: answer.statusCode, reason: answer.statusMessage, headers: answer.headers, body };
}
const manifests = '/v2/library/nginx/manifests';
const blobs = '/v2/library/nginx/blobs';

it('says that it is a registry', async () => {
  const { status, headers } = await ask('/v2/');
  expect([status, headers['docker-distribution-api-version']]).toEqual([200, 'registry/2.0']);
});

it('pulls as the protocol says: the tag, the manifest with its digest, the configuration, the layers', async () => {
  const head = await ask(`${manifests}/1.27?ns=docker.io`, { method: 'HEAD' });
  const digest = String(head.headers['docker-content-digest']);
  expect([head.status, head.body.length]).toEqual([200, 0]);
  const manifest = await ask(`${manifests}/${digest}?ns=docker.io`);
  expect(manifest.headers['content-type']).toBe(head.headers['content-type']);
  expect(manifest.headers['content-length']).toBe(head.headers['content-length']);
  expect(`sha256:${createHash('sha256').update(manifest.body).digest('hex')}`).toBe(digest);
  const { config, layers } = JSON.parse(manifest.body.toString());
  for (const { digest: wanted, size } of [config, ...layers]) {
    const headOfBlob = await ask(`${blobs}/${wanted}?ns=docker.io`, { method: 'HEAD' });
    expect([headOfBlob.status, headOfBlob.headers['content-length']]).toEqual([200, String(size)]);
    const blob = await ask(`${blobs}/${wanted}?ns=docker.io`);
    expect(`sha256:${createHash('sha256').update(blob.body).digest('hex')}`).toBe(wanted);
  }
});

it('sends any part of a layer that is asked for, and says when there is none', async () => {
  const path = `${blobs}/${layerDigest}?ns=docker.io`;
  await fc.assert(
    fc.asyncProperty(fc.nat(layer.length - 1), fc.nat(layer.length - 1), async (one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      const { status, body, headers } = await ask(path, { range: `bytes=${from}-${to}` });
      expect([status, headers['content-range']]).toEqual([206, `bytes ${from}-${to}/${layer.length}`]);
      expect(body.equals(layer.subarray(from, to + 1))).toBe(true);
    }),
    { numRuns: 25 },
  );
  expect((await ask(path, { range: `bytes=${layer.length - 5}-` })).body.length).toBe(5);
  expect((await ask(path, { range: `bytes=${layer.length}-` })).status).toBe(416);
});

it('says in the first line that an image is not in the mirror, and how it gets there', async () => {
  const { status, reason, body } = await ask(`${manifests}/9.9?ns=docker.io`);
  expect(status).toBe(403);
  expect(reason).toContain('docker.io/library/nginx:9.9 is not in the mirror tree');
  expect(reason).toContain('vhive-coord mirror pull');
  expect(JSON.parse(body.toString())).toEqual({ errors: [{ code: 'DENIED', message: reason }] });
  expect((await ask(`${blobs}/sha256:${'0'.repeat(64)}?ns=docker.io`)).status).toBe(404);
});

it('sends a layer to one who does not name the registry, as the stargz snapshotter', async () => {
  const { status, body, headers } = await ask(`${blobs}/${layerDigest}`, { range: 'bytes=0-1' });
  expect([status, headers['content-range']]).toEqual([206, `bytes 0-1/${layer.length}`]);
  expect(body.equals(layer.subarray(0, 2))).toBe(true);
  expect((await ask(`${blobs}/${layerDigest}`, { method: 'HEAD' })).headers['content-length']).toBe(`${layer.length}`);
  expect((await ask(`/v2/library/other/blobs/${layerDigest}`)).status, 'it is of another repository').toBe(404);
});

describe('names that are no names of images', () => {
  it.each([
    `${manifests}/1.27`,
    `${blobs}/${layerDigest}?ns=`,
    `${blobs}/sha256:abc`,
    `${manifests}/1.27?ns=`,
    `${manifests}/1.27?ns=..`,
    `${manifests}/1.27?ns=docker.io/library`,
    `${manifests}/1.27?ns=docker.io&ns=ghcr.io`,
    '/v2/library/nginx/../nginx/manifests/1.27?ns=docker.io',
    '/v2/..%2F..%2Fetc/manifests/passwd?ns=docker.io',
    '/v2/library/nginx/manifests/..?ns=docker.io',
    '/v2/library/nginx/manifests/..%2F1.27?ns=docker.io',
    '/v2/library/nginx%00/manifests/1.27?ns=docker.io',
    '/v2/Library/nginx/manifests/1.27?ns=docker.io',
    '/v2/nginx/manifests/1.27?ns=docker.io',
    `${blobs}/1.27?ns=docker.io`,
    `${blobs}/sha256:abc?ns=docker.io`,
    `${manifests}/sha512:${'0'.repeat(128)}?ns=docker.io`,
    '/v2/library/nginx/tags/list?ns=docker.io',
    '/v2/_catalog',
  ])('%s is not found', async (path) => expect((await ask(path)).status).toBe(404));

  it('are never found, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), async (repository, reference, ns) => {
        fc.pre(![ns, repository].includes('docker.io'));
        const [path, tag, from] = [repository, reference, ns].map(encodeURIComponent);
        const { status } = await ask(`/v2/${path}/manifests/${tag}?ns=${from}`);
        expect([400, 403, 404]).toContain(status);
      }),
      { numRuns: 50 },
    );
  });
});

it('answers nodes of the cluster alone, and takes nothing in', async () => {
  expect((await app.inject({ method: 'PUT', url: `${manifests}/1.27?ns=docker.io` })).statusCode).toBe(404);
  isNode = false;
  const { status, reason } = await ask(`${manifests}/1.27?ns=docker.io`);
  isNode = true;
  expect([status, reason]).toEqual([403, '127.0.0.1 is the address of no node of this cluster']);
});

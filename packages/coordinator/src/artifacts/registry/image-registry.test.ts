import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { addToImageIndex } from '@vhive/base/image-index';
import { imageArchivePath } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockFile } from '../lock-file.ts';
import { parseMirror } from '../sources/mirror-tree.ts';
import { ArtifactStore } from '../store.ts';

import { writeDockerArchive } from './docker-archive.fixture.ts';
import { type Blob, ImageRegistry } from './image-registry.ts';
import { MEDIA } from './media-types.ts';

const name = { registry: 'ghcr.io', repository: 'a/b' };
const ref = 'ghcr.io/a/b:1';

let directory: string;
let root: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-registry-'));
  root = join(directory, 'mirror');
});
afterEach(() => rm(directory, { recursive: true }));

async function open(mirror = root) {
  const store = await ArtifactStore.open(join(directory, 'store'));
  const lockFile = new LockFile(join(directory, 'vhive.lock'));
  const registry = new ImageRegistry({
    sources: () => ({ store, lockFile, mirror: parseMirror(mirror) }),
    directory: join(directory, 'known'),
    signal: AbortSignal.timeout(20_000),
    log: () => undefined,
  });
  return { registry, lockFile };
}

/** Puts an image into the mirror tree and its index. */
async function lay(content: string, { arch = 'amd64', image = ref } = {}) {
  const path = imageArchivePath(image, arch);
  const layers = [{ content: Buffer.from(content) }];
  const made = await writeDockerArchive(join(root, path), { layers, architecture: arch, ref: image });
  await addToImageIndex(root, { ref: image, arch, path, sha256: made.sha256, bytes: made.bytes, digest: null });
  return made;
}

async function contentOf(blob: Blob | undefined): Promise<Buffer> {
  if (blob === undefined) throw new Error('there is no blob');
  if ('bytes' in blob) return blob.bytes;
  const file = await blob.open();
  return await buffer(file.createReadStream({ start: blob.offset, end: blob.offset + blob.size - 1 }));
}

async function partsOf(registry: ImageRegistry, tag = '1') {
  const manifest = await registry.manifest(name, { tag });
  if (manifest === undefined) throw new Error('there is no manifest');
  return JSON.parse(manifest.bytes.toString()) as { config: { digest: string }; layers: { digest: string }[] };
}

describe('an image of the mirror tree', () => {
  it('is answered by tag and by digest, with its configuration and its layers', async () => {
    await lay('one');
    const { registry, lockFile } = await open();
    const manifest = await registry.manifest(name, { tag: '1' });
    expect(manifest?.mediaType).toBe(MEDIA.manifest);
    expect(await registry.manifest(name, { digest: manifest?.digest ?? '' })).toEqual(manifest);
    const { config, layers } = await partsOf(registry);
    expect(JSON.parse((await contentOf(await registry.blob(name, config.digest))).toString()).os).toBe('linux');
    expect((await contentOf(await registry.blob(name, layers[0]?.digest ?? ''))).toString()).toBe('one');
    expect(await lockFile.findImage(ref, 'amd64')).toMatchObject({ ref, digest: null });
  });

  it('gives its layers to one who does not know its registry', async () => {
    const other = await lay('other', { image: 'docker.io/a/b:2' });
    await lay('one');
    const { registry } = await open();
    const { layers } = await partsOf(registry);
    const [layer = ''] = layers.map(({ digest }) => digest);
    expect(String(await contentOf(await registry.blob({ repository: 'a/b' }, layer)))).toBe('one');
    const [wanted = Buffer.of()] = other.stored;
    const digest = `sha256:${createHash('sha256').update(wanted).digest('hex')}`;
    expect(String(await contentOf(await registry.blob({ repository: 'a/b' }, digest)))).toBe('other');
    expect(await registry.blob(name, digest), 'it is of another registry').toBeUndefined();
    expect(await registry.blob({ repository: 'a/c' }, layer)).toBeUndefined();
  });

  it('is served where it lies, without a copy of it', async () => {
    await lay('one');
    const { registry } = await open();
    await partsOf(registry);
    expect(await readdir(join(directory, 'store/sha256'))).toEqual([]);
  });

  it('is unknown under other names, and its parts are in no other repository', async () => {
    await lay('one');
    const { registry } = await open();
    const { layers } = await partsOf(registry);
    expect(await registry.manifest(name, { tag: '2' })).toBeUndefined();
    expect(await registry.manifest({ ...name, registry: 'docker.io' }, { tag: '1' })).toBeUndefined();
    expect(await registry.manifest(name, { digest: `sha256:${'0'.repeat(64)}` })).toBeUndefined();
    expect(await registry.blob({ ...name, repository: 'a' }, layers[0]?.digest ?? '')).toBeUndefined();
  });

  it('for several architectures is an index of a manifest for each', async () => {
    await lay('one');
    await lay('two', { arch: 'arm64' });
    const { registry } = await open();
    const whole = await registry.manifest(name, { tag: '1' });
    expect(whole?.mediaType).toBe(MEDIA.index);
    const { manifests } = JSON.parse(whole?.bytes.toString() ?? '') as {
      manifests: { digest: string; platform: { architecture: string } }[];
    };
    expect(manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    const found = await Promise.all(manifests.map(({ digest }) => registry.manifest(name, { digest })));
    expect(found.map((one) => one?.mediaType)).toEqual([MEDIA.manifest, MEDIA.manifest]);
    expect(await registry.manifest(name, { digest: whole?.digest ?? '' })).toEqual(whole);
  });

  it('is not read again by a later process while its file stays as it is', async () => {
    const { sha256 } = await lay('one');
    await partsOf((await open()).registry);
    const remembered = join(directory, 'known', `${sha256}.json`);
    // What a later process tells is what was remembered, so it has not read the archive.
    await writeFile(remembered, (await readFile(remembered, 'utf8')).replace('\\"linux\\"', '\\"known\\"'));
    const { registry } = await open();
    const { config } = await partsOf(registry);
    expect(JSON.parse((await contentOf(await registry.blob(name, config.digest))).toString()).os).toBe('known');
  });

  it('is refused when its file is another than the index says, and when it is another than the locked one', async () => {
    await lay('one');
    const { registry } = await open();
    const { layers } = await partsOf(registry);
    const layer = await registry.blob(name, layers[0]?.digest ?? '');
    const path = join(root, imageArchivePath(ref, 'amd64'));
    await writeDockerArchive(`${path}.new`, { layers: [{ content: Buffer.from('two') }], ref });
    await cp(`${path}.new`, path);
    const refusal = { code: 'refused', message: expect.stringContaining('index') };
    await expect(contentOf(layer)).rejects.toMatchObject(refusal);
    await expect((await open()).registry.manifest(name, { tag: '1' })).rejects.toMatchObject(refusal);
    await lay('two');
    await expect((await open()).registry.manifest(name, { tag: '1' })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('is not what it was'),
    });
  });
});

it('an archive of a web server is downloaded once, however many ask for it at once', async () => {
  await lay('one');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const path = join(root, decodeURIComponent(request.url ?? ''));
    stat(path).then(
      ({ size }) => {
        response.writeHead(200, { 'content-length': size });
        if (request.method === 'HEAD') response.end();
        else createReadStream(path).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { registry } = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const all = await Promise.all(Array.from({ length: 20 }, () => registry.manifest(name, { tag: '1' })));
    expect(new Set(all.map((one) => one?.digest)).size).toBe(1);
    const { layers } = await partsOf(registry);
    const blobs = await Promise.all(
      Array.from({ length: 20 }, async () => contentOf(await registry.blob(name, layers[0]?.digest ?? ''))),
    );
    expect(new Set(blobs.map(String))).toEqual(new Set(['one']));
    expect(asked.filter((line) => line === 'GET /ghcr.io/a/b/1.tar')).toHaveLength(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('a mirror tree without an index is looked into by the names of its archives', async () => {
  const path = join(root, imageArchivePath(ref, 'amd64'));
  await writeDockerArchive(path, { layers: [{ content: Buffer.from('one') }], ref });
  const { registry } = await open();
  const { layers } = await partsOf(registry);
  expect(String(await contentOf(await registry.blob(name, layers[0]?.digest ?? '')))).toBe('one');
  expect(await registry.manifest(name, { tag: '2' })).toBeUndefined();
});

import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexOf, manifestOf, readArchivedImage } from './archived-image.ts';
import { writeDockerArchive } from './docker-archive.fixture.ts';
import { MEDIA } from './media-types.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-archive-'));
  path = join(directory, 'image.tar');
});
afterEach(() => rm(directory, { recursive: true }));

async function read(file = path) {
  await using handle = await open(file, 'r');
  return await readArchivedImage(handle, file);
}
const digest = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const layer = fc.record({
  content: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
  compressed: fc.boolean(),
  name: fc.constantFrom('', 'x'.repeat(120)),
});

describe('any docker archive', () => {
  it('has its layers where it is said, each with the digest and the size that are said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { maxLength: 4 }), async (layers) => {
        // Bytes that look compressed by chance are taken for what they look like, as everybody does.
        fc.pre(layers.every(({ content }) => !/^(1f8b|28b52ffd)/.test(content.toString('hex'))));
        const named = layers.map((one, index) => ({ ...one, name: `${one.name}${index}/layer.tar` }));
        const { stored } = await writeDockerArchive(path, { layers: named, ref: 'ghcr.io/a/b:1' });
        const image = await read();
        const whole = await readFile(path);
        const there = image.layers.map(({ offset, size }) => whole.subarray(offset, offset + size));
        expect(there).toEqual(stored);
        expect(image.layers.map((one) => one.digest)).toEqual(stored.map(digest));
        expect(image.layers.map((one) => one.mediaType)).toEqual(
          layers.map(({ compressed }) => (compressed ? `${MEDIA.layer}+gzip` : MEDIA.layer)),
        );
        const manifest = manifestOf(image);
        expect(manifest.digest).toBe(digest(manifest.bytes));
        const { config } = JSON.parse(manifest.bytes.toString());
        expect(config).toMatchObject({ digest: digest(Buffer.from(image.config)), size: image.config.length });
      }),
      { numRuns: 40 },
    );
  });
});

it('is read too where layers are links to others, as older versions of docker save write them', async () => {
  const config = JSON.stringify({ architecture: 'amd64', rootfs: { diff_ids: [digest(Buffer.from('one'))] } });
  await writeFile(join(directory, 'config.json'), config);
  await writeFile(join(directory, 'real.tar'), 'one');
  const { symlink, mkdir } = await import('node:fs/promises');
  await mkdir(join(directory, 'layer'));
  await symlink('../real.tar', join(directory, 'layer/layer.tar'));
  await writeFile(
    join(directory, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', Layers: ['layer/layer.tar'] }]),
  );
  await create({ file: path, cwd: directory }, ['layer/layer.tar', 'real.tar', 'config.json', 'manifest.json']);
  const [only] = (await read()).layers;
  expect(only).toMatchObject({ size: 3, digest: digest(Buffer.from('one')) });
});

it('is refused in words when it is cut off, or is something else', async () => {
  const { bytes } = await writeDockerArchive(path, { layers: [{ content: Buffer.alloc(5000, 1) }], ref: 'a.b/c:1' });
  await truncate(path, bytes - 4000);
  await expect(read()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('cut off') });
  await writeFile(path, 'no archive at all'.repeat(100));
  await expect(read()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('no header') });
});

it('an index names the manifest of each architecture', async () => {
  await writeDockerArchive(path, { layers: [{ content: Buffer.from('x') }], architecture: 'arm64', ref: 'a.b/c:1' });
  const manifest = manifestOf(await read());
  const index = indexOf([{ architecture: 'arm64', manifest }]);
  expect(index).toMatchObject({ mediaType: MEDIA.index, digest: digest(index.bytes) });
  expect(JSON.parse(index.bytes.toString())).toEqual({
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [
      {
        mediaType: MEDIA.manifest,
        digest: manifest.digest,
        size: manifest.bytes.length,
        platform: { architecture: 'arm64', os: 'linux' },
      },
    ],
  });
});

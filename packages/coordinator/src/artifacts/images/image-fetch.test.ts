import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hashFile } from '@vhive/base/files/hash-file';
import { addToImageIndex, imagesForAll } from '@vhive/base/image-index';
import { writeImageArchive } from '@vhive/lab/tree/images/image-archive';
import { coordinatorActions, imageArchivePath, type ParamsIn } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactSources } from '../artifact-fetch.ts';
import { LockFile } from '../lock-file.ts';
import { parseMirror } from '../sources/mirror-tree.ts';
import { ArtifactStore } from '../store.ts';
import { checkImage, fetchImage } from './image-fetch.ts';
import { readImageIndex } from './read-image-index.ts';

let directory: string;
let root: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-images-'));
  root = join(directory, 'mirror');
});
afterEach(() => rm(directory, { recursive: true }));

const open = async (name = 'here'): Promise<ArtifactSources> => ({
  store: await ArtifactStore.open(join(directory, name)),
  lockFile: new LockFile(join(directory, `${name}.lock`)),
  mirror: parseMirror(root),
});
const params = (ref: string, overrides: Partial<ParamsIn<'image.fetch'>> = {}) =>
  coordinatorActions['image.fetch'].params.parse({ ref, arch: 'amd64', optional: true, ...overrides });
const context = () => ({ signal: AbortSignal.timeout(20_000), log: () => undefined, progress: () => undefined });

/** Puts an image's archive into the mirror tree. */
async function lay(reference: string, architecture = 'amd64', path = imageArchivePath(reference, 'amd64')) {
  const source = join(directory, 'content');
  await writeFile(source, `${reference} ${architecture}`);
  const image = { reference, architecture, config: {}, files: [{ source, target: 'content' }] };
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeImageArchive(join(root, path), image, join(directory, 'work'));
  return { ...(await hashFile(join(root, path))), path };
}

describe('an image of a mirror without an index', () => {
  it('is found by its name, short or in full, and locked', async () => {
    const { sha256, bytes } = await lay('docker.io/library/nginx:latest');
    const sources = await open();
    expect(await checkImage(params('nginx'), sources, context().signal)).toMatchObject({ converged: false });
    const artifact = { name: 'image docker.io/library/nginx:latest', sha256, bytes };
    expect(await fetchImage(params('nginx'), sources, context())).toEqual({ artifact, changed: true });
    expect(await checkImage(params('nginx'), sources, context().signal)).toEqual({ converged: true, artifact });
    expect(await fetchImage(params('docker.io/nginx:latest'), await open(), context())).toMatchObject({
      changed: false,
    });
    expect(await sources.lockFile.findImage('docker.io/library/nginx:latest', 'amd64')).toMatchObject({ digest: null });
  });

  it('is null where it is absent and optional', async () => {
    const sources = await open();
    expect(await checkImage(params('nginx'), sources, context().signal)).toEqual({ converged: true, artifact: null });
    expect(await fetchImage(params('nginx'), sources, context())).toEqual({ artifact: null, changed: false });
  });

  it('is that of the architecture asked for, by name or, in a mirror for one architecture, by content', async () => {
    const ref = 'registry.k8s.io/pause:3.10';
    await lay(ref, 'arm64');
    const plain = await fetchImage(params(ref, { arch: 'arm64' }), await open('plain'), context());
    expect(plain.changed).toBe(true);
    await expect(fetchImage(params(ref), await open(), context())).rejects.toMatchObject({ code: 'refused' });
    await lay(ref);
    expect(await fetchImage(params(ref, { arch: 'arm64' }), await open(), context())).toMatchObject({ artifact: null });
    const { sha256 } = await lay(ref, 'arm64', imageArchivePath(ref, 'arm64'));
    expect(await fetchImage(params(ref, { arch: 'arm64' }), await open(), context())).toMatchObject({
      artifact: { sha256 },
    });
    expect((await fetchImage(params(ref), await open(), context())).artifact?.sha256).not.toBe(sha256);
  });

  it('is refused when it is another one than the locked one', async () => {
    const ref = 'ghcr.io/a/b:1';
    await lay(ref);
    await fetchImage(params(ref), await open(), context());
    await rm(join(directory, 'here'), { recursive: true });
    await lay('ghcr.io/a/other:1', 'amd64', imageArchivePath(ref, 'amd64'));
    await expect(fetchImage(params(ref), await open(), context())).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('here.lock'),
    });
  });
});

describe('the index of a mirror', () => {
  const entry = async (ref: string, arch: string, digest: string | null) => {
    const { sha256, bytes, path } = await lay(ref, arch, imageArchivePath(ref, arch));
    await addToImageIndex(root, { ref, arch, path, sha256, bytes, digest });
    return sha256;
  };

  it('lists what there is for all architectures, however many write it at once', async () => {
    const refs = ['ghcr.io/a/one:1', 'ghcr.io/a/two:2', 'ghcr.io/a/three:3'];
    const template = { path: 'x.tar', sha256: 'a'.repeat(64), bytes: 1, digest: null };
    await Promise.all(refs.map((ref) => addToImageIndex(root, { ...template, ref, arch: 'amd64' })));
    await addToImageIndex(root, { ...template, ref: 'ghcr.io/a/two:2', arch: 'arm64' });
    const images = await readImageIndex(parseMirror(root), context().signal);
    expect(imagesForAll(images, ['amd64', 'amd64'])).toEqual([...refs].sort());
    expect(imagesForAll(images, ['amd64', 'arm64'])).toEqual(['ghcr.io/a/two:2']);
  });

  it('is empty where there is none, and is refused when it is damaged or leads out of the tree', async () => {
    expect(await readImageIndex(parseMirror(root), context().signal)).toEqual([]);
    await mkdir(root);
    const bad = [
      '{',
      '{"version":2,"images":[]}',
      `{"version":1,"images":[{"ref":"a","arch":"amd64","path":"../../etc/shadow","sha256":"${'a'.repeat(64)}","bytes":1,"digest":null}]}`,
    ];
    for (const text of bad) {
      await writeFile(join(root, 'images.json'), text);
      await expect(readImageIndex(parseMirror(root), context().signal)).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('accepts another archive of the locked image when the digest says that it is the same', async () => {
    const ref = 'ghcr.io/a/b:1';
    const digest = `sha256:${'d'.repeat(64)}`;
    const first = await entry(ref, 'amd64', digest);
    await fetchImage(params(ref), await open(), context());
    await rm(join(directory, 'here'), { recursive: true });
    // The archive differs, as if another version of skopeo had written it.
    const { sha256, bytes, path } = await lay('ghcr.io/a/written-otherwise:1', 'amd64', imageArchivePath(ref, 'amd64'));
    await addToImageIndex(root, { ref, arch: 'amd64', path, sha256, bytes, digest });
    expect(sha256).not.toBe(first);
    const sources = await open();
    expect(await fetchImage(params(ref), sources, context())).toMatchObject({ artifact: { sha256 }, changed: true });
    expect(await sources.lockFile.findImage(ref, 'amd64')).toMatchObject({ sha256, digest });
    await rm(join(directory, 'here'), { recursive: true });
    await addToImageIndex(root, { ref, arch: 'amd64', path, sha256, bytes, digest: `sha256:${'e'.repeat(64)}` });
    await expect(fetchImage(params(ref), await open(), context())).rejects.toMatchObject({ code: 'refused' });
  });

  it('is what archives are compared with', async () => {
    const ref = 'ghcr.io/a/b:1';
    await entry(ref, 'amd64', null);
    const other = await lay('ghcr.io/a/other:1');
    await cp(join(root, other.path), join(root, imageArchivePath(ref, 'amd64')));
    await expect(fetchImage(params(ref), await open(), context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('index'),
    });
  });
});

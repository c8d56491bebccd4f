import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { hashFile } from '@vhive/base/files/hash-file';
import { addToImageIndex, readIndexOf } from '@vhive/base/image-index';
import type { ArtifactSources } from '@vhive/coordinator/artifacts/artifact-fetch';
import { LockFile } from '@vhive/coordinator/artifacts/lock-file';
import { pullImage } from '@vhive/coordinator/artifacts/mirror/pull-image';
import { type Blob, ImageRegistry } from '@vhive/coordinator/artifacts/registry/image-registry';
import { parseMirror } from '@vhive/coordinator/artifacts/sources/mirror-tree';
import { ArtifactStore } from '@vhive/coordinator/artifacts/store';
import { mirrorImages } from '@vhive/coordinator/assembly/mirror-images';
import { coordinatorActions, imageArchivePath } from '@vhive/shared';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { debianTools, needing } from '../support/debian-tools.ts';
import { type ImageRegistry as Publisher, startImageRegistry } from '../support/image-registry.ts';
import { pushSmallImage, pushSmallImages } from '../support/small-image.ts';

// The real skopeo and a real image registry, both from Debian.
const tools = await debianTools({ skopeo: 'skopeo', 'docker-registry': 'docker-registry' });

const pathBefore = process.env.PATH;
const kinds = ['manifest.list.v2+json', 'manifest.v2+json'].map(
  (kind) => `application/vnd.docker.distribution.${kind}`,
);

describe.skipIf('missing' in tools)(needing(tools, 'an image of mirror pull'), () => {
  let published: string;
  let publisher: Publisher;
  let directory: string;
  let root: string;
  let sources: ArtifactSources;

  beforeAll(async () => {
    if ('path' in tools) process.env.PATH = `${tools.path}${delimiter}${pathBefore}`;
    published = await mkdtemp(join(tmpdir(), 'vhive-publisher-'));
    publisher = await startImageRegistry(published);
  });
  afterAll(async () => {
    await publisher.stop();
    await rm(published, { recursive: true });
    process.env.PATH = pathBefore;
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vhive-published-'));
    root = join(directory, 'tree');
    sources = {
      store: await ArtifactStore.open(join(directory, 'pull')),
      lockFile: new LockFile(join(directory, 'pull.lock')),
    };
  });
  afterEach(() => rm(directory, { recursive: true }));

  const context = () => ({ signal: AbortSignal.timeout(20_000), log: () => undefined, progress: () => undefined });

  async function pull(ref: string, arch = 'amd64') {
    const params = coordinatorActions['image.fetch'].params.parse({ ref, arch, insecure: true });
    return await pullImage(params, root, sources, context());
  }

  /** Answers from the tree, as a coordinator of another host does. */
  async function registry(): Promise<ImageRegistry> {
    const store = await ArtifactStore.open(join(directory, 'store'));
    const there = { store, lockFile: new LockFile(join(directory, 'vhive.lock')), mirror: parseMirror(root) };
    const { signal, log } = context();
    return new ImageRegistry({ sources: () => there, directory: join(directory, 'known'), signal, log });
  }

  /** What the publisher has at a path of the protocol. */
  async function original(path: string): Promise<{ bytes: Buffer; digest: string | null; mediaType: string | null }> {
    const answer = await fetch(`http://${publisher.host}/v2/${path}`, { headers: { accept: kinds.join(', ') } });
    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { headers } = answer;
    return { bytes, digest: headers.get('docker-content-digest'), mediaType: headers.get('content-type') };
  }

  async function contentOf(blob: Blob | undefined): Promise<Buffer> {
    if (blob === undefined) throw new Error('there is no blob');
    if ('bytes' in blob) return blob.bytes;
    const file = await blob.open();
    return await buffer(file.createReadStream({ start: blob.offset, end: blob.offset + blob.size - 1 }));
  }

  it('is answered to the byte as its registry has it: by tag, by the digest of the list and of the manifest', async () => {
    const digest = await pushSmallImages(publisher.host, 'vhive/many');
    await pull(`${publisher.host}/vhive/many:1`);
    const name = { registry: publisher.host, repository: 'vhive/many' };
    const answering = await registry();
    const list = await original('vhive/many/manifests/1');
    expect(await answering.manifest(name, { tag: '1' })).toEqual(list);
    expect(await answering.manifest(name, { digest })).toEqual(list);
    const one = await original('vhive/many/manifests/amd64');
    expect(await answering.manifest(name, { digest: one.digest ?? '' })).toEqual(one);
    const { config, layers } = JSON.parse(one.bytes.toString());
    for (const part of [config, ...layers])
      expect(await contentOf(await answering.blob(name, part.digest))).toEqual(
        (await original(`vhive/many/blobs/${part.digest}`)).bytes,
      );
    const other = await original('vhive/many/manifests/arm64');
    expect(await answering.manifest(name, { digest: other.digest ?? '' })).toBeUndefined();
    await pull(`${publisher.host}/vhive/many:1`, 'arm64');
    const both = await registry();
    expect(await both.manifest(name, { digest: other.digest ?? '' })).toEqual(other);
    expect(await both.manifest(name, { tag: '1' })).toEqual(list);
  });

  it('that is named by its digest is answered by it, and needs not be given to nodes beforehand', async () => {
    const digest = await pushSmallImages(publisher.host, 'vhive/digest');
    const ref = `${publisher.host}/vhive/digest@${digest}`;
    await pull(ref);
    const name = { registry: publisher.host, repository: 'vhive/digest' };
    expect(await (await registry()).manifest(name, { digest })).toEqual(await original('vhive/digest/manifests/1'));
    expect(await mirrorImages(root, ['amd64'], context().signal)).toEqual({
      mirrorImages: [ref],
      publishedImages: [ref],
    });
  });

  it('lies in the tree once, compressed as it was, in a form that other programs read too', async () => {
    const ref = `${publisher.host}/vhive/size:1`;
    await pushSmallImage(ref, { content: 'x'.repeat(3_000_000) });
    const { bytes } = await pull(ref);
    const path = join(root, imageArchivePath(ref, 'amd64'));
    expect((await stat(path)).size).toBe(bytes);
    expect(bytes).toBeLessThan(30_000);
    // Without a colon, which skopeo would take for the end of the path.
    const copied = join(directory, 'image.tar');
    await copyFile(path, copied);
    for (const archive of [`docker-archive:${copied}`, `oci-archive:${copied}`]) {
      const { stdout } = await execa('skopeo', ['inspect', '--config', archive]);
      expect(JSON.parse(stdout)).toMatchObject({ architecture: 'amd64', os: 'linux' });
    }
    const { stdout } = await execa('skopeo', ['inspect', '--raw', `oci-archive:${copied}`]);
    expect(stdout).toBe((await original('vhive/size/manifests/1')).bytes.toString());
  });

  it('is refused when one byte of it is another', async () => {
    const ref = `${publisher.host}/vhive/damaged:1`;
    await pushSmallImage(ref, { content: 'damaged' });
    await pull(ref);
    const path = join(root, imageArchivePath(ref, 'amd64'));
    const content = await readFile(path);
    const at = content.lastIndexOf(Buffer.from('1f8b', 'hex')) + 20;
    content[at] = (content[at] ?? 0) ^ 1;
    await writeFile(path, content);
    const answer = (await registry()).manifest({ registry: publisher.host, repository: 'vhive/damaged' }, { tag: '1' });
    await expect(answer).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('index') });
  });

  it('of an older tree is a docker archive: it is given to nodes beforehand, until the tree is filled again', async () => {
    const digest = await pushSmallImages(publisher.host, 'vhive/older');
    const ref = `${publisher.host}/vhive/older@${digest}`;
    const path = imageArchivePath(ref, 'amd64');
    await mkdir(dirname(join(root, path)), { recursive: true });
    const older = join(directory, 'older.tar');
    const copy = ['--insecure-policy', 'copy', '--src-tls-verify=false', `docker://${ref}`, `docker-archive:${older}`];
    await execa('skopeo', copy);
    await rename(older, join(root, path));
    await addToImageIndex(root, { ref, arch: 'amd64', path, ...(await hashFile(join(root, path))), digest });
    const images = () => mirrorImages(root, ['amd64'], context().signal);
    const name = { registry: publisher.host, repository: 'vhive/older' };
    expect(await images()).toEqual({ mirrorImages: [ref], publishedImages: [] });
    expect(await (await registry()).manifest(name, { digest })).toBeUndefined();
    expect(await pull(ref)).toMatchObject({ changed: true });
    expect(await images()).toEqual({ mirrorImages: [ref], publishedImages: [ref] });
    expect(await (await registry()).manifest(name, { digest })).toMatchObject({ digest });
    expect(await readIndexOf(root)).toHaveLength(1);
  });
});

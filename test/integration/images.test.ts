import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '@vhive/base/free-port.fixture';
import { FileServer } from '@vhive/base/http/file-server.fixture';
import { imageFetchAction } from '@vhive/coordinator/actions/image-action';
import type { ArtifactSources } from '@vhive/coordinator/artifacts/artifact-fetch';
import { checkImage, fetchImage } from '@vhive/coordinator/artifacts/images/image-fetch';
import { readImageIndex } from '@vhive/coordinator/artifacts/images/read-image-index';
import { LockFile } from '@vhive/coordinator/artifacts/lock-file';
import { pullImage } from '@vhive/coordinator/artifacts/mirror/pull-image';
import { parseMirror } from '@vhive/coordinator/artifacts/sources/mirror-tree';
import { ArtifactStore } from '@vhive/coordinator/artifacts/store';
import { coordinatorActions, type ParamsIn } from '@vhive/shared';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { debianTools, needing } from '../support/debian-tools.ts';
import { type ImageRegistry, startImageRegistry } from '../support/image-registry.ts';
import { pushSmallImage, pushSmallImages } from '../support/small-image.ts';

// The real skopeo and a real image registry, both from Debian.
const tools = await debianTools({ skopeo: 'skopeo', 'docker-registry': 'docker-registry' });

const pathBefore = process.env.PATH;
let registryDirectory: string;
let registry: ImageRegistry;
let directory: string;
let sources: ArtifactSources;
let logged: string[];

describe.skipIf('missing' in tools)(needing(tools, 'images from an image registry'), () => {
  beforeAll(async () => {
    if ('path' in tools) process.env.PATH = `${tools.path}${delimiter}${pathBefore}`;
    registryDirectory = await mkdtemp(join(tmpdir(), 'vhive-registry-'));
    registry = await startImageRegistry(registryDirectory);
  });
  afterAll(async () => {
    await registry.stop();
    await rm(registryDirectory, { recursive: true });
    process.env.PATH = pathBefore;
  });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vhive-images-'));
    sources = await open();
    logged = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Opens the artifacts as a fresh process would, or a process on another host. */
  async function open(name = 'here', mirror?: string): Promise<ArtifactSources> {
    return {
      store: await ArtifactStore.open(join(directory, name, 'artifacts')),
      lockFile: new LockFile(join(directory, name, 'vhive.lock')),
      ...(mirror === undefined ? {} : { mirror: parseMirror(mirror) }),
    };
  }

  let images = 0;
  const push = async (content: string, architecture = 'amd64', name?: string) => {
    images += 1;
    const ref = `${registry.host}/${name ?? `vhive/image-${images}:1`}`;
    await pushSmallImage(ref, { content, architecture });
    return ref;
  };
  const params = (ref: string, overrides: Partial<ParamsIn<'image.fetch'>> = {}) =>
    coordinatorActions['image.fetch'].params.parse({ ref, arch: 'amd64', insecure: true, ...overrides });
  const context = () => ({
    signal: AbortSignal.timeout(20_000),
    log: (text: string) => logged.push(text),
    progress: () => undefined,
  });
  const archived = async (sha256: string | undefined, { store }: ArtifactSources) => {
    const path = (await store.find(sha256 ?? ''))?.path ?? '';
    const { stdout } = await execa('tar', ['-xOf', path, 'manifest.json']);
    return (JSON.parse(stdout) as { RepoTags: string[] }[])[0]?.RepoTags;
  };

  it('are copied once, locked by digest and archive, and not asked for again', async () => {
    const ref = await push('one');
    const many = await Promise.all(Array.from({ length: 4 }, () => fetchImage(params(ref), sources, context())));
    expect(many.filter(({ changed }) => changed)).toHaveLength(1);
    const [first] = many;
    expect(first?.artifact?.name).toBe(`image ${ref}`);
    expect(await archived(first?.artifact?.sha256, sources)).toEqual([ref]);
    const lock = await readFile(join(directory, 'here/vhive.lock'), 'utf8');
    expect(lock).toMatch(/digest: "?sha256:[0-9a-f]{64}/);
    expect(lock).toContain(first?.artifact?.sha256);

    // Nobody answers at that address. So the image registry is not asked, and skopeo is not looked for.
    const again = imageFetchAction(await open());
    process.env.PATH = pathBefore;
    try {
      for (const mode of ['check', 'apply'] as const)
        expect(await again(params(ref), { ...context(), mode })).toMatchObject({
          status: 'unchanged',
          outputs: { artifact: { sha256: first?.artifact?.sha256 } },
        });
    } finally {
      if ('path' in tools) process.env.PATH = `${tools.path}${delimiter}${pathBefore}`;
    }
  });

  it('are looked at, not copied, in a dry run', async () => {
    const ref = await push('dry');
    expect(await checkImage(params(ref), sources, context().signal)).toMatchObject({
      converged: false,
      changes: [`copy docker://${ref}`],
    });
    expect(await readdir(join(directory, 'here/artifacts/sha256'))).toEqual([]);
  });

  it('have a tag in their archive when they are named by digest', async () => {
    const tagged = await push('by digest');
    const { artifact } = await fetchImage(params(tagged), sources, context());
    const { digest } = (await sources.lockFile.findImage(tagged, 'amd64')) ?? {};
    const ref = tagged.replace(/:1$/, `@${digest}`);
    const byDigest = await fetchImage(params(ref), sources, context());
    expect(await archived(byDigest.artifact?.sha256, sources)).toEqual([
      tagged.replace(/:1$/, `:${digest?.replace(':', '-')}`),
    ]);
    expect(byDigest.artifact?.sha256).not.toBe(artifact?.sha256);
    // The tag beside a digest means nothing.
    expect(await fetchImage(params(`${tagged}@${digest}`), sources, context())).toMatchObject({ changed: false });
  });

  it('are refused when their tag has moved, with what to do', async () => {
    const ref = await push('old');
    await fetchImage(params(ref), sources, context());
    await push('new', 'amd64', ref.slice(registry.host.length + 1));
    await rm(join(directory, 'here/artifacts'), { recursive: true });
    await expect(fetchImage(params(ref), await open(), context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(ref),
      hint: expect.stringMatching(/tag has moved.*remove its block/),
    });
    expect(await readdir(join(directory, 'here/artifacts/sha256'))).toEqual([]);
  });

  it('are refused when they are for another architecture', async () => {
    const ref = await push('foreign', 'arm64');
    await expect(fetchImage(params(ref), sources, context())).rejects.toMatchObject({
      code: 'refused',
      message: `the image ${ref} is for arm64, not for amd64`,
    });
    expect(await sources.lockFile.findImage(ref, 'amd64')).toBeUndefined();
    expect(await fetchImage(params(ref, { arch: 'arm64' }), sources, context())).toMatchObject({ changed: true });
  });

  it('of many architectures are copied each for its own, under one digest', async () => {
    const digest = await pushSmallImages(registry.host, 'vhive/many');
    const ref = `${registry.host}/vhive/many:1`;
    const [amd64, arm64] = await Promise.all(
      ['amd64', 'arm64'].map((arch) => fetchImage(params(ref, { arch }), sources, context())),
    );
    expect(amd64?.artifact?.sha256).not.toBe(arm64?.artifact?.sha256);
    for (const arch of ['amd64', 'arm64']) expect((await sources.lockFile.findImage(ref, arch))?.digest).toBe(digest);
  });

  it('that there are not, or that are asked for over TLS where there is none, fail with the reason', async () => {
    await expect(fetchImage(params(`${registry.host}/vhive/none:1`), sources, context())).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/none:1 cannot be copied from its registry: .*manifest unknown/),
    });
    const ref = await push('no tls');
    await expect(fetchImage(params(ref, { insecure: false }), sources, context())).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining(`registry: {insecure: ["${registry.host}"]}`),
    });
    const port = await freePort();
    await expect(fetchImage(params(`127.0.0.1:${port}/a/b:1`), sources, context())).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('connection refused'),
    });
    expect(await readdir(join(directory, 'here/artifacts/sha256'))).toEqual([]);
  });

  it('are begun anew where a killed copy has left a part', async () => {
    const ref = await push('killed');
    const stopping = new AbortController();
    await expect(
      fetchImage(params(ref), sources, {
        ...context(),
        signal: stopping.signal,
        progress: (text) => text.startsWith('copying') && stopping.abort(new Error('stopped')),
      }),
    ).rejects.toThrow('stopped');
    const partials = join(directory, 'here/artifacts/partial');
    for (const name of (await readdir(partials)).filter((one) => one.endsWith('.lock')))
      await mkdir(join(partials, name.replace('.lock', '.image.parts/layout')), { recursive: true });
    expect(await fetchImage(params(ref), await open(), context())).toMatchObject({ changed: true });
    expect((await readdir(partials)).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  });

  it('go into a mirror with an index, and come from there, directory or web server, without an image registry', async () => {
    const root = join(directory, 'tree');
    const tagged = await push('mirrored');
    await pullImage(params(tagged), root, sources, context());
    const pulled = await pullImage(params(tagged), root, sources, context());
    expect(pulled).toMatchObject({ changed: false });
    const { digest } = (await sources.lockFile.findImage(tagged, 'amd64')) ?? {};
    const byDigest = tagged.replace(/:1$/, `@${digest}`);
    await pullImage(params(byDigest), root, sources, context());

    const web = await FileServer.start();
    try {
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) {
          const path = join(entry.parentPath, entry.name);
          const name = path.slice(root.length).split('/').map(encodeURIComponent).join('/');
          web.files.set(`/tree${name}`, { content: await readFile(path) });
        }
      for (const [name, mirror] of Object.entries({ directory: root, web: web.url('/tree') })) {
        const mirrored = await open(name, mirror);
        const index = await readImageIndex(parseMirror(mirror), context().signal);
        expect(index.map(({ ref }) => ref).sort()).toEqual([tagged, byDigest].sort());
        for (const ref of [tagged, byDigest]) {
          const offline = params(ref, { insecure: false });
          expect(await checkImage(offline, mirrored, context().signal)).toMatchObject({ converged: false });
          expect(await fetchImage(offline, mirrored, context())).toMatchObject({ changed: true });
          expect(await mirrored.lockFile.findImage(ref, 'amd64')).toMatchObject({ digest });
        }
        const absent = params(`${registry.host}/vhive/none:1`, { optional: true });
        expect(await fetchImage(absent, mirrored, context())).toEqual({ artifact: null, changed: false });
      }
    } finally {
      await web.stop();
    }
  });

  it('of a mirror are refused when they are not what its index says, or for another architecture', async () => {
    const root = join(directory, 'tree');
    const ref = await push('damaged');
    await pullImage(params(ref), root, sources, context());
    const path = join(root, ref.replace(/:1$/, '/1.tar'));
    await writeFile(path, 'damaged');
    await expect(fetchImage(params(ref), await open('there', root), context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('index'),
    });
    // Without the index, the mirror tree is like one that was laid out by hand.
    await rm(join(root, 'images.json'));
    await expect(fetchImage(params(ref), await open('there', root), context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('no archive of an image'),
    });
  });
});

describe('without skopeo', () => {
  it('an image of an image registry is refused with what to install, in a dry run too', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'vhive-no-tools-'));
    const before = process.env.PATH;
    const { stdout: flock } = await execa('which', ['flock']);
    const { stdout: cat } = await execa('which', ['cat']);
    try {
      await mkdir(join(empty, 'bin'));
      for (const tool of [flock, cat]) await execa('ln', ['-s', tool, join(empty, 'bin')]);
      process.env.PATH = join(empty, 'bin');
      const bare = {
        store: await ArtifactStore.open(join(empty, 'store')),
        lockFile: new LockFile(join(empty, 'lock')),
      };
      const wanted = coordinatorActions['image.fetch'].params.parse({ ref: 'nginx', arch: 'amd64' });
      const signal = AbortSignal.timeout(10_000);
      const refusal = { code: 'preflight', hint: expect.stringContaining('apt-get install skopeo') };
      await expect(checkImage(wanted, bare, signal)).rejects.toMatchObject(refusal);
      const surroundings = { signal, log: () => undefined, progress: () => undefined };
      await expect(fetchImage(wanted, bare, surroundings)).rejects.toMatchObject(refusal);
    } finally {
      process.env.PATH = before;
      await rm(empty, { recursive: true });
    }
  });
});

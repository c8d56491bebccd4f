import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileServer } from '@vhive/base/http/file-server.fixture';
import { coordinatorActions, type ParamsIn } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactFetchAction } from '../actions/artifact-action.ts';
import { checkArtifact } from './artifact-check.ts';
import { type ArtifactSources, fetchArtifact } from './artifact-fetch.ts';
import { LockFile } from './lock-file.ts';
import { pullArtifact } from './mirror/pull-artifact.ts';
import { mirrorPath, parseMirror } from './sources/mirror-tree.ts';
import { ArtifactStore } from './store.ts';

const content = randomBytes(200_000);
const digest = (data: Buffer, algorithm = 'sha256') => createHash(algorithm).update(data).digest('hex');
let server: FileServer;
let directory: string;
let sources: ArtifactSources;
let logged: string[];

beforeEach(async () => {
  server = await FileServer.start();
  directory = await mkdtemp(join(tmpdir(), 'vhive-artifacts-'));
  sources = await open();
  logged = [];
  server.files.set('/tool', { content });
  server.files.set('/SUMS', { content: Buffer.from(`${digest(content)}  tool\n`) });
});
afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

/** Opens the artifacts as a fresh process would, with the same store and lock file. */
async function open(): Promise<ArtifactSources> {
  return {
    store: await ArtifactStore.open(join(directory, 'artifacts')),
    lockFile: new LockFile(join(directory, 'vhive.lock')),
  };
}

const params = (overrides: Partial<ParamsIn<'artifact.fetch'>> = {}) =>
  coordinatorActions['artifact.fetch'].params.parse({
    name: 'tool',
    version: '1.0',
    arch: 'amd64',
    url: server.url('/tool'),
    checksum: { type: 'file', url: server.url('/SUMS') },
    ...overrides,
  });
const context = () => ({
  signal: AbortSignal.timeout(20_000),
  log: (text: string) => logged.push(text),
  progress: () => undefined,
});
const asked = (path: string) => server.requests.filter((request) => request.path === path).length;

describe('fetchArtifact', () => {
  it('downloads, verifies, locks, and does nothing the second time', async () => {
    const first = await fetchArtifact(params(), sources, context());
    expect(first).toEqual({ artifact: { name: 'tool 1.0', sha256: digest(content), bytes: 200_000 }, changed: true });
    const stored = await sources.store.find(digest(content));
    expect(await readFile(stored?.path ?? '')).toEqual(content);
    expect(await readFile(join(directory, 'vhive.lock'), 'utf8')).toContain(`sha256: ${digest(content)}`);

    server.requests.length = 0;
    const again = await fetchArtifact(params(), await open(), context());
    expect(again).toEqual({ artifact: first.artifact, changed: false });
    expect(server.requests).toEqual([]);
  });

  it('verifies with sha512 where the publisher uses it', async () => {
    server.files.set('/SUMS', { content: Buffer.from(digest(content, 'sha512')) });
    const checksum = { type: 'file' as const, url: server.url('/SUMS'), algorithm: 'sha512' as const };
    expect((await fetchArtifact(params({ checksum }), sources, context())).artifact?.sha256).toBe(digest(content));
  });

  it('refuses a file that is not what the publisher says, and keeps nothing of it', async () => {
    server.files.set('/tool', { content: randomBytes(100) });
    await expect(fetchArtifact(params(), sources, context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(digest(content)),
    });
    expect(await readdir(join(directory, 'artifacts/sha256'))).toEqual([]);
    expect(await sources.lockFile.find(params().url)).toBeUndefined();
    expect(asked('/tool')).toBe(1);
  });

  it('refuses another content than the locked one, with both hashes and what to do', async () => {
    await fetchArtifact(params({ checksum: { type: 'none' } }), sources, context());
    expect(logged.join()).toContain('its publisher has no checksum');
    await rm(join(directory, 'artifacts'), { recursive: true });
    const other = randomBytes(100);
    server.files.set('/tool', { content: other });
    const failure = await fetchArtifact(params({ checksum: { type: 'none' } }), await open(), context()).catch(
      (e) => e,
    );
    expect(failure).toMatchObject({ code: 'refused', hint: expect.stringContaining('vhive.lock') });
    expect(failure.message).toContain(digest(content));
    expect(failure.message).toContain(digest(other));
  });

  it('downloads once for many who ask at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => fetchArtifact(params(), sources, context())));
    expect(results.filter(({ changed }) => changed)).toHaveLength(1);
    expect(asked('/tool')).toBe(1);
  });

  it('downloads many files at the same time, each with its checksum file', async () => {
    const many = Array.from({ length: 12 }, (_, index) => {
      const data = randomBytes(1000);
      server.files.set(`/many/${index}`, { content: data });
      server.files.set(`/many/${index}.sha256`, { content: Buffer.from(digest(data)) });
      return params({
        url: server.url(`/many/${index}`),
        checksum: { type: 'file', url: server.url(`/many/${index}.sha256`) },
      });
    });
    const results = await Promise.all(many.map((one) => fetchArtifact(one, sources, context())));
    expect(new Set(results.map(({ artifact }) => artifact?.sha256)).size).toBe(12);
    const lock = await readFile(join(directory, 'vhive.lock'), 'utf8');
    const urls = [...lock.matchAll(/url: (.*)/g)].map(([, url]) => url);
    expect(urls).toEqual([...urls].sort((a, b) => String(a).localeCompare(String(b), 'en')));
    expect(urls).toHaveLength(12);
  });

  it('starts from scratch when what an earlier process left turns out wrong', async () => {
    server.files.set('/tool', { content, cutAfter: 50_000, cuts: 1 });
    const stopping = new AbortController();
    await fetchArtifact(params(), sources, {
      ...context(),
      signal: stopping.signal,
      progress: () => stopping.abort(new Error('stopped')),
    }).catch(() => undefined);
    const partials = join(directory, 'artifacts/partial');
    const note = (await readdir(partials)).find((name) => name.endsWith('.json')) ?? '';
    await writeFile(join(partials, note.replace('.json', '')), randomBytes(50_000));
    const { artifact } = await fetchArtifact(params(), await open(), context());
    expect(artifact?.sha256).toBe(digest(content));
    expect(logged.join()).toContain('downloading it from the start');
  });

  it('hashes a stored file again when it looks different, and fetches it again when it is', async () => {
    await fetchArtifact(params(), sources, context());
    const stored = await sources.store.find(digest(content));
    await appendFile(stored?.path ?? '', 'x');
    expect(await sources.store.find(digest(content))).toBeUndefined();
    expect(await fetchArtifact(params(), sources, context())).toMatchObject({ changed: true });
  });
});

describe('a file in git LFS', () => {
  const pointerOf = (data: Buffer, bytes = data.byteLength) =>
    Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${digest(data)}\nsize ${bytes}\n`);
  const inLfs = (overrides: Partial<ParamsIn<'artifact.fetch'>> = {}) =>
    params({ checksum: { type: 'git-lfs', url: server.url('/pointer') }, ...overrides });

  it('is verified against the pointer, digest and size', async () => {
    server.files.set('/pointer', { content: pointerOf(content) });
    const found = await checkArtifact(inLfs(), sources, AbortSignal.timeout(5000));
    expect(found).toMatchObject({ converged: false, artifact: { sha256: digest(content), bytes: 200_000 } });
    expect(await fetchArtifact(inLfs(), sources, context())).toMatchObject({ changed: true });
    expect(await fetchArtifact(inLfs(), await open(), context())).toMatchObject({ changed: false });
  });

  it.each([
    ['digest', () => pointerOf(Buffer.from('other'), 200_000)],
    ['size', () => pointerOf(content, 199_999)],
  ])('is refused when the %s is another', async (_, pointer) => {
    server.files.set('/pointer', { content: pointer() });
    await expect(fetchArtifact(inLfs(), sources, context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('is not what its publisher says'),
    });
    expect(await readdir(join(directory, 'artifacts/sha256'))).toEqual([]);
    expect(await sources.lockFile.find(inLfs().url)).toBeUndefined();
  });

  it.each([
    ['a small file itself', 'the file itself', randomBytes(5000)],
    ['a large file itself', 'the file itself', randomBytes(2_000_000)],
    ['a web page', 'a web page', Buffer.from(`<!DOCTYPE html>\n<html>${'x'.repeat(5000)}</html>`)],
  ])('is refused when the pointer is %s, before it is downloaded', async (_, what, answer) => {
    server.files.set('/pointer', { content: answer });
    await expect(fetchArtifact(inLfs(), sources, context())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(what),
    });
    expect(asked('/tool')).toBe(0);
  });

  it('goes into a mirror with its pointer, and is verified there again', async () => {
    server.files.set('/pointer', { content: pointerOf(content) });
    const root = join(directory, 'pulled');
    const wanted = inLfs();
    await pullArtifact(wanted, root, sources, context());
    expect(await readFile(join(root, mirrorPath(server.url('/pointer'))))).toEqual(pointerOf(content));
    server.files.clear();
    const elsewhere = async (name: string) => ({
      store: await ArtifactStore.open(join(directory, name)),
      lockFile: new LockFile(join(directory, `${name}.lock`)),
      mirror: parseMirror(root),
    });
    const found = await fetchArtifact(wanted, await elsewhere('one'), context());
    expect(found.artifact).toMatchObject({ sha256: digest(content), bytes: content.byteLength });
    await writeFile(join(root, mirrorPath(server.url('/tool'))), 'changed');
    await expect(fetchArtifact(wanted, await elsewhere('two'), context())).rejects.toMatchObject({ code: 'refused' });
  });

  it('makes no mirror of a locked file whose pointer is another by now', async () => {
    server.files.set('/pointer', { content: pointerOf(content) });
    await fetchArtifact(inLfs(), sources, context());
    server.files.set('/pointer', { content: pointerOf(Buffer.from('newer')) });
    const root = join(directory, 'pulled');
    await expect(pullArtifact(inLfs(), root, sources, context())).rejects.toMatchObject({ code: 'refused' });
  });

  it('is null when it is optional and the mirror lacks it or its pointer', async () => {
    const web = await FileServer.start();
    try {
      const mirrored = { ...sources, mirror: parseMirror(web.url('/tree')) };
      const nothing = { artifact: null, changed: false };
      expect(await fetchArtifact(inLfs({ optional: true }), mirrored, context())).toEqual(nothing);
      await expect(fetchArtifact(inLfs(), mirrored, context())).rejects.toMatchObject({ code: 'usage' });
      web.files.set(`/tree/${encodeURIComponent(new URL(server.url('/')).host)}/tool`, { content });
      expect(await fetchArtifact(inLfs({ optional: true }), mirrored, context())).toEqual(nothing);
    } finally {
      await web.stop();
    }
  });
});

describe('with a mirror', () => {
  const fill = async (root: string, path: string, data: Buffer) => {
    const file = join(root, mirrorPath(server.url(path)));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, data);
  };

  it('takes file and checksum from a directory, never from the network', async () => {
    const root = join(directory, 'mirror');
    await fill(root, '/tool', content);
    await fill(root, '/SUMS', Buffer.from(`${digest(content)} *tool`));
    const mirrored = { ...sources, mirror: parseMirror(root) };
    expect(await fetchArtifact(params(), mirrored, context())).toMatchObject({ changed: true });
    expect(server.requests).toEqual([]);
    // The store has a copy of its own, so a change in the mirror tree does not reach it.
    await fill(root, '/tool', Buffer.from('changed'));
    expect(await sources.store.find(digest(content))).toBeDefined();
  });

  it('takes both from a web server laid out the same way', async () => {
    const web = await FileServer.start();
    try {
      web.files.set(`/tree/${encodeURIComponent(new URL(server.url('/')).host)}/tool`, { content });
      web.files.set(`/tree/${encodeURIComponent(new URL(server.url('/')).host)}/SUMS`, {
        content: Buffer.from(digest(content)),
      });
      const mirrored = { ...sources, mirror: parseMirror(web.url('/tree')) };
      expect(await fetchArtifact(params(), mirrored, context())).toMatchObject({ changed: true });
      expect(server.requests).toEqual([]);
    } finally {
      await web.stop();
    }
  });

  it('says which file it lacks, where that is published, and what to type; an optional one is null', async () => {
    const root = join(directory, 'empty');
    const mirrored = { ...sources, mirror: parseMirror(root) };
    const lacks = (path: string) => ({
      code: 'usage',
      message: `the mirror has no tool 1.0: there is no file ${join(root, mirrorPath(server.url(path)))}; it is published at ${server.url('/tool')}`,
      hint: expect.stringContaining(`mirror pull --config vhive.yaml --to ${root}`),
    });
    await expect(fetchArtifact(params(), mirrored, context())).rejects.toMatchObject(lacks('/SUMS'));
    await fill(root, '/SUMS', Buffer.from(`${digest(content)}  tool\n`));
    await expect(fetchArtifact(params(), mirrored, context())).rejects.toMatchObject(lacks('/tool'));
    const nothing = { artifact: null, changed: false };
    expect(await fetchArtifact(params({ optional: true }), mirrored, context())).toEqual(nothing);
    expect(await fetchArtifact(params({ optional: true }), sources, context())).toEqual(nothing);
    expect(server.requests).toEqual([]);
  });

  it('is asked in check mode whether it has an optional file: none is unchanged, one is not known before it is there', async () => {
    const check = (mirror: string, checksum: ParamsIn<'artifact.fetch'>['checksum']) =>
      artifactFetchAction({ ...sources, mirror: parseMirror(mirror) })(params({ optional: true, checksum }), {
        ...context(),
        mode: 'check',
      });
    const none = { outputs: { artifact: null }, status: 'unchanged' };
    expect(await check(server.url('/'), { type: 'none' })).toEqual(none);
    expect(await check(join(directory, 'empty'), { type: 'none' })).toEqual(none);
    const path = `/${mirrorPath(server.url('/tool')).split('/').map(encodeURIComponent).join('/')}`;
    server.files.set(path, { content });
    expect(await check(server.url('/'), { type: 'none' })).toEqual({
      status: 'would-change',
      changes: [`download ${server.url(path)}`],
    });
    expect(await sources.store.find(digest(content))).toBeUndefined();
  });

  it('is filled by mirror pull so that it can be used alone', async () => {
    const root = join(directory, 'pulled');
    const wanted = params();
    await pullArtifact(wanted, root, sources, context());
    await server.stop();
    const elsewhere = {
      store: await ArtifactStore.open(join(directory, 'other')),
      lockFile: new LockFile(join(directory, 'other.lock')),
      mirror: parseMirror(root),
    };
    expect((await fetchArtifact(wanted, elsewhere, context())).artifact?.sha256).toBe(digest(content));
    server = await FileServer.start();
  });
});

describe('checkArtifact and the action', () => {
  it('changes nothing and tells what would be downloaded', async () => {
    const found = await checkArtifact(params(), sources, AbortSignal.timeout(5000));
    expect(found).toMatchObject({ converged: false, artifact: { sha256: digest(content) } });
    expect(asked('/tool')).toBe(0);
    await expect(readFile(join(directory, 'vhive.lock'))).rejects.toThrow('ENOENT');
    const action = artifactFetchAction(sources);
    expect(await action(params(), { ...context(), mode: 'check' })).toMatchObject({ status: 'would-change' });
    expect(await action(params(), { ...context(), mode: 'apply' })).toMatchObject({ status: 'changed' });
    expect(await action(params(), { ...context(), mode: 'apply' })).toMatchObject({ status: 'unchanged' });
    expect(await action(params(), { ...context(), mode: 'check' })).toMatchObject({ status: 'unchanged' });
  });
});

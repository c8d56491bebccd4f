import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import { buildPlan } from '@vhive/core/plan/index';
import { standInVhiveSource } from '@vhive/core/versions/vhive-stand-in';
import { list } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { vhiveTreeAction } from '../../actions/vhive-tree-action.ts';
import { needsOf } from '../mirror/plan-needs.ts';
import { sourceOf, toldBySource } from '../mirror/read-sources.ts';
import { ArtifactStore } from '../store.ts';
import { describeTree } from './describe-tree.ts';
import { takeLocal } from './local-artifact.ts';
import { packTree } from './pack-tree.ts';

let directory: string;
let tree: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-local-'));
  tree = join(directory, 'checkout');
  await put({ ...standInVhiveSource('current'), '.git/HEAD': 'ref', 'bin/firecracker': 'a program' });
});
afterEach(() => rm(directory, { recursive: true }));

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
}

const planned = (changes: Partial<Parameters<typeof describeTree>[1]> = {}) => ({
  ...{ name: 'my vHive', tree: null, generation: 'current' as const, flags: ['snapshots'], go: null },
  ...changes,
});

describe('a checkout', () => {
  it('is packed like an archive of GitHub, without history and large files, the same each time', async () => {
    const store = await ArtifactStore.open(join(directory, 'store'));
    const take = (look: boolean) => takeLocal({ name: 'source', path: tree }, store, { look });
    const first = await take(true);
    expect(first.there).toBe(false);
    expect(await take(false)).toEqual(first);
    await utimes(join(tree, 'go.mod'), 1, 1);
    expect(await take(false)).toEqual({ ...first, there: true });
    const names: string[] = [];
    const stored = await store.find(first.artifact.sha256);
    await list({ file: stored?.path ?? '', onReadEntry: ({ path }) => names.push(path) });
    const wanted = ['configs/setup/system.json', 'cri/service.go', 'go.mod', 'vhive.go'];
    expect(names).toEqual(wanted.map((path) => `checkout/${path}`));
    await put({ 'vhive.go': 'package main // changed' });
    expect((await take(true)).artifact.sha256).not.toBe(first.artifact.sha256);
  });

  it('gives its programs, unless they are pointers of Git LFS or not there', async () => {
    const store = await ArtifactStore.open(join(directory, 'store'));
    const take = (path: string) => takeLocal({ name: 'it', path: join(tree, path) }, store, { look: false });
    expect((await take('bin/firecracker')).artifact.bytes).toBe('a program'.length);
    await put({ 'bin/jailer': 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 1\n' });
    await expect(take('bin/jailer')).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('lfs pull'),
    });
    await expect(take('bin/none')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/bin\/none/),
    });
  });
});

describe('the source of vHive', () => {
  const archived = async (changes: Record<string, string> = {}) => {
    await put(changes);
    const archive = join(directory, 'source.tar.gz');
    await packTree(tree, archive);
    return archive;
  };

  it('tells Go, and the kernel of the checkout that it was packed from', async () => {
    const archive = await archived();
    expect(await describeTree(archive, planned({ tree }))).toEqual({ go: '1.26.2', kernel: 'vmlinux-5.10.186' });
    expect((await describeTree(archive, planned({ tree, go: '1.27.0' }))).go).toBe('1.27.0');
  });

  it('that contradicts the plan is refused, with all that it contradicts', async () => {
    const archive = await archived();
    await expect(describeTree(archive, planned({ tree, flags: ['warp'], go: '1.2.3' }))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /^my vHive is not what this plan was made for: .*no flag -warp.*; .*asks for Go 1.26.2/,
      ),
    });
    await expect(describeTree(archive, planned({ tree, generation: 'legacy' }))).rejects.toMatchObject({
      hint: 'set firecracker.generation: current',
    });
  });

  it('that is something else is refused', async () => {
    const archive = await archived({ 'vhive.go': '', 'cri/service.go': 'package cri' });
    await expect(describeTree(archive, planned({ tree }))).rejects.toThrow('my vHive is no source tree of vHive');
  });

  it('is not read in a dry run that would only fetch it', async () => {
    const store = await ArtifactStore.open(join(directory, 'store'));
    const source = { name: 'source', sha256: 'a'.repeat(64), bytes: 1 };
    expect(await vhiveTreeAction({ ...planned(), source }, store, 'check')).toMatchObject({ status: 'would-change' });
  });

  it('fills in what a mirror tree needs of it', async () => {
    const plan = buildPlan(exampleInput(2, { firecracker: { vhiveTree: tree } }, true));
    expect(needsOf(plan).files.map(({ name }) => name)).not.toContain('go');
    const source = await sourceOf(plan, { directory, scratch: directory });
    if (source === undefined) throw new Error('the plan reads no source');
    const files = needsOf(await toldBySource(plan, source)).files;
    expect(files.find(({ name }) => name === 'go')).toMatchObject({
      version: '1.26.2',
      url: 'https://dl.google.com/go/go1.26.2.linux-amd64.tar.gz',
    });
    expect(files.filter(({ url }) => url.includes('vHive'))).toEqual([]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LockedArtifact, LockFile } from './lock-file.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-lock-'));
  path = join(directory, 'vhive.lock');
});
afterEach(() => rm(directory, { recursive: true }));

const artifact = (name: string, sha256 = '1'.repeat(64)): LockedArtifact => ({
  name,
  version: '1.10',
  arch: 'amd64',
  url: `https://example.org/${name}`,
  sha256,
  bytes: 12,
});

it('writes sorted YAML that a person can read and compare', async () => {
  const lock = new LockFile(path);
  await lock.record(artifact('runc'));
  await lock.record(artifact('containerd', '2'.repeat(64)));
  expect(
    await readFile(path, 'utf8'),
  ).toBe(`# What was downloaded from outside, by content. Written at the first verified download; later ones must match.
# Keep it with the cluster file: it makes a cluster repeatable.
version: 1
artifacts:
  - name: containerd
    version: "1.10"
    arch: amd64
    url: https://example.org/containerd
    sha256: "${'2'.repeat(64)}"
    bytes: 12
  - name: runc
    version: "1.10"
    arch: amd64
    url: https://example.org/runc
    sha256: "${'1'.repeat(64)}"
    bytes: 12
`);
});

it('leaves the file alone when nothing is new, and refuses another content', async () => {
  const lock = new LockFile(path);
  await lock.record(artifact('runc'));
  const before = await readFile(path, 'utf8');
  await lock.record(artifact('runc'));
  expect(await readFile(path, 'utf8')).toBe(before);
  await expect(lock.record(artifact('runc', '3'.repeat(64)))).rejects.toMatchObject({ code: 'refused' });
  expect(await readFile(path, 'utf8')).toBe(before);
});

it('says that a branch moves, and what to do', () => {
  const url = 'https://media.githubusercontent.com/media/vhive-serverless/vHive/main/bin/firecracker';
  const lock = new LockFile(path);
  const verify = (change: Partial<LockedArtifact>) => {
    try {
      lock.verify({ ...artifact('firecracker'), ...change }, '9'.repeat(64));
    } catch (error) {
      return error;
    }
  };
  const hint = expect.stringMatching(
    /branch main has moved.*firecracker\.vhiveRef.*remove the blocks of .*vhive\.lock/,
  );
  expect(verify({ url })).toMatchObject({ code: 'refused', hint });
  expect(verify({})).toMatchObject({ hint: expect.stringContaining('somebody replaced the file') });
});

it.each(['version: 1\nartifacts: [{name: x}]', '<<<<<<< HEAD', 'version: 2\nartifacts: []'])(
  'says that %j is no lock file',
  async (text) => {
    await writeFile(path, text);
    await expect(new LockFile(path).find('https://example.org/x')).rejects.toMatchObject({ code: 'usage' });
  },
);

it('loses nothing when several processes write at once', async () => {
  const program = `
    const { LockFile } = await import(process.argv[1]);
    const lock = new LockFile(process.argv[2]);
    for (let i = 0; i < 10; i += 1)
      await lock.record({ name: process.argv[3] + i, version: '1', arch: 'amd64', url: 'https://example.org/' + process.argv[3] + i, sha256: '4'.repeat(64), bytes: 1 });
  `;
  const module = join(import.meta.dirname, 'lock-file.ts');
  await Promise.all(
    ['a', 'b', 'c'].map((name) => execa(process.execPath, ['--input-type=module', '-e', program, module, path, name])),
  );
  expect([...(await readFile(path, 'utf8')).matchAll(/name: /g)]).toHaveLength(30);
});

import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

test('makes what is missing with its mode, also when many do so at once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'vhive-directory-'));
  const path = join(root, 'a/b/c');
  await Promise.all(Array.from({ length: 10 }, () => makeDirectory(path, 0o700)));
  for (const made of ['a', 'a/b', 'a/b/c']) expect((await stat(join(root, made))).mode & 0o777).toBe(0o700);
});

test('directories of different depth below the same missing parents are made at once', async () => {
  for (let round = 0; round < 20; round += 1) {
    const root = await mkdtemp(join(tmpdir(), 'vhive-directory-'));
    const paths = ['a/b', 'a/b/c', 'a/b/c/d', 'a/x', 'a/b/y'].map((path) => join(root, path));
    await Promise.all(paths.map((path) => makeDirectory(path)));
    for (const path of paths) expect((await stat(path)).isDirectory(), path).toBe(true);
  }
});

test.each(['/proc/nothing', '/proc/nothing/below/it', '/sys/nothing'])('%s is an error and no endless loop', (path) =>
  expect(makeDirectory(path)).rejects.toThrow(/ENOENT|EPERM|EACCES|EROFS/),
);

test('a file in the way is an error', async () => {
  const root = await mkdtemp(join(tmpdir(), 'vhive-directory-'));
  await writeFile(join(root, 'file'), '');
  await expect(makeDirectory(join(root, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeDirectory(join(root, 'file/below'))).rejects.toThrow('ENOTDIR');
});

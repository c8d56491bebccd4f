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

test.each(['/proc/nothing', '/proc/nothing/below/it', '/sys/nothing'])('%s is an error and no endless loop', (path) =>
  expect(makeDirectory(path)).rejects.toThrow(/ENOENT|EPERM|EACCES|EROFS/),
);

test('a file in the way is an error', async () => {
  const root = await mkdtemp(join(tmpdir(), 'vhive-directory-'));
  await writeFile(join(root, 'file'), '');
  await expect(makeDirectory(join(root, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeDirectory(join(root, 'file/below'))).rejects.toThrow('ENOTDIR');
});

import { mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { symlinkAtomically, writeFileAtomically } from './atomic-file.ts';

const directory = () => mkdtemp(join(tmpdir(), 'vhive-atomic-'));

test('makes parent directories, sets the mode whatever the umask, leaves nothing behind', async () => {
  const root = await directory();
  const path = join(root, 'a/b/file');
  const umask = process.umask(0o077);
  await writeFileAtomically(path, 'content', { mode: '0664' });
  process.umask(umask);
  expect(await readFile(path, 'utf8')).toBe('content');
  expect((await stat(path)).mode & 0o777).toBe(0o664);
  expect(await readdir(join(root, 'a/b'))).toEqual(['file']);
});

test('replaces a symbolic link itself, not what it points to', async () => {
  const root = await directory();
  await writeFile(join(root, 'target'), 'old');
  await symlink('target', join(root, 'link'));
  await writeFileAtomically(join(root, 'link'), 'new', { mode: '0600' });
  expect(await readFile(join(root, 'target'), 'utf8')).toBe('old');
  expect(await readFile(join(root, 'link'), 'utf8')).toBe('new');
});

test('a reader sees one whole content or the other while it is written', async () => {
  const path = join(await directory(), 'file');
  const contents = ['a'.repeat(300_000), 'b'.repeat(200_000)];
  await writeFileAtomically(path, contents[0] ?? '', { mode: '0644' });
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 20; round++)
      await writeFileAtomically(path, contents[round % 2] ?? '', { mode: '0644' });
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) seen.add(await readFile(path, 'utf8'));
  await writer;
  expect([...seen].filter((text) => !contents.includes(text))).toEqual([]);
});

test('a failure leaves the old file and no temporary one', async () => {
  const root = await directory();
  await expect(writeFileAtomically(join(root, 'x'), 'y', { mode: 'no mode' })).rejects.toThrow();
  expect(await readdir(root)).toEqual([]);
});

test('links are replaced atomically', async () => {
  const root = await directory();
  await symlinkAtomically('one', join(root, 'link'));
  await symlinkAtomically('two', join(root, 'link'));
  expect(await readdir(root)).toEqual(['link']);
});

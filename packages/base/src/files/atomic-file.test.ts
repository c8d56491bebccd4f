import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, stat, symlink, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFileAtomic, readFileIfPresent, symlinkAtomic, writeFileAtomic } from './atomic-file.ts';

const directory = () => mkdtemp(join(tmpdir(), 'vhive-atomic-'));

test('makes parent directories, sets the mode whatever the umask, leaves nothing behind', async () => {
  const root = await directory();
  const path = join(root, 'a/b/file');
  const umask = process.umask(0o077);
  await writeFileAtomic(path, 'content', { mode: 0o664 });
  process.umask(umask);
  expect(await readFile(path, 'utf8')).toBe('content');
  expect((await stat(path)).mode & 0o777).toBe(0o664);
  expect(await readdir(join(root, 'a/b'))).toEqual(['file']);
});

test('replaces a symbolic link itself, not what it points to', async () => {
  const root = await directory();
  await writeFile(join(root, 'target'), 'old');
  await symlink('target', join(root, 'link'));
  await writeFileAtomic(join(root, 'link'), 'new', { mode: 0o600 });
  expect(await readFile(join(root, 'target'), 'utf8')).toBe('old');
  expect(await readFile(join(root, 'link'), 'utf8')).toBe('new');
});

test('a reader sees one whole content or the other while it is written', async () => {
  const path = join(await directory(), 'file');
  const contents = ['a'.repeat(300_000), 'b'.repeat(200_000)];
  await writeFileAtomic(path, contents[0] ?? '', { mode: 0o644 });
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 20; round++) await writeFileAtomic(path, contents[round % 2] ?? '', { mode: 0o644 });
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) seen.add(await readFile(path, 'utf8'));
  await writer;
  expect([...seen].filter((text) => !contents.includes(text))).toEqual([]);
});

test('a failure leaves the old file and no temporary one', async () => {
  const root = await directory();
  await expect(writeFileAtomic(join(root, 'x'), 'y', { mode: Number.NaN })).rejects.toThrow();
  expect(await readdir(root)).toEqual([]);
});

test('links are replaced atomically', async () => {
  const root = await directory();
  await symlinkAtomic('one', join(root, 'link'));
  await symlinkAtomic('two', join(root, 'link'));
  expect(await readdir(root)).toEqual(['link']);
});

test('a file is made once, and with its whole content', async () => {
  const path = join(await directory(), 'a/file');
  expect(await createFileAtomic(path, 'first')).toBe(true);
  expect(await createFileAtomic(path, 'second')).toBe(false);
  expect(await readFileIfPresent(path)).toBe('first');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, '..'))).toEqual(['file']);
});

test('a kill at any moment leaves the old content or the new', async () => {
  const path = join(await directory(), 'file');
  await writeFileAtomic(path, 'o'.repeat(1_000_000));
  const module = fileURLToPath(new URL('./atomic-file.ts', import.meta.url));
  const script = `const { writeFileAtomic } = await import(${JSON.stringify(module)});
    process.stdout.write('begin');
    for (let round = 0; ; round += 1) await writeFileAtomic(${JSON.stringify(path)}, (round % 2 ? 'o' : 'n').repeat(1_000_000));`;
  for (let round = 0; round < 5; round += 1) {
    const writer = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await once(writer.stdout, 'data');
    await nextChangeOf(path);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    expect((await readFile(path, 'utf8')).replace(/^(o{1000000}|n{1000000})$/, 'whole')).toBe('whole');
  }
});

test('what cannot be read is no absent file', async () => {
  await expect(readFileIfPresent(await directory())).rejects.toThrow('EISDIR');
  expect(await readFileIfPresent(join(await directory(), 'none'))).toBeUndefined();
});

/** Resolves when the writer is in the midst of replacing the file. */
async function nextChangeOf(path: string): Promise<void> {
  for await (const _ of watch(join(path, '..'))) return;
}

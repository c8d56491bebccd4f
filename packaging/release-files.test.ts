import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeOldChunks, writeIfChanged } from './release-files.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'release-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('writes a file with its mode, and leaves an equal one as it is', async () => {
  const file = join(directory, 'bin/program');
  await writeIfChanged(file, 'one', 0o755);
  const first = await stat(file);
  expect(first.mode & 0o777).toBe(0o755);
  await writeIfChanged(file, 'one', 0o755);
  expect((await stat(file)).ino).toBe(first.ino);
  await writeIfChanged(file, 'two', 0o755);
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(join(directory, 'bin'))).toEqual(['program']);
});

it('removes parts of old builds only', async () => {
  const chunks = join(directory, 'chunks');
  await mkdir(chunks);
  const longAgo = new Date(Date.now() - 24 * 3_600_000);
  for (const name of ['current', 'recent', 'old']) await writeFile(join(chunks, name), name);
  for (const name of ['current', 'old']) await utimes(join(chunks, name), longAgo, longAgo);
  await removeOldChunks(chunks, new Set(['current']));
  expect((await readdir(chunks)).sort()).toEqual(['current', 'recent']);
  await removeOldChunks(join(directory, 'missing'), new Set());
});

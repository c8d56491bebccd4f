import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLockFile } from '@vhive/base/files/file-lock';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mirrorPaths } from './paths.ts';

const program = join(import.meta.dirname, 'main.ts');
let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'vhive-mirror-'));
});
afterEach(() => rm(cacheDir, { recursive: true }));

test('asks for the cache directory', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [program], { reject: false });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--cache DIR');
});

test('Ctrl-C ends it in an orderly way, also while a program it started runs', async () => {
  await mkdir(mirrorPaths(cacheDir).build, { recursive: true });
  const release = await tryLockFile(mirrorPaths(cacheDir).lock);
  const running = execa(process.execPath, [program, '--cache', cacheDir], { reject: false });
  const lines: string[] = [];
  for await (const line of running.iterable({ from: 'stderr' })) {
    lines.push(line);
    if (line.includes('waiting for it')) running.kill('SIGINT');
  }
  const { exitCode, signal } = await running;
  await release?.();
  expect({ exitCode, signal }).toEqual({ exitCode: 130, signal: undefined });
  expect(lines).toContain("vhive: The build of the lab's mirror tree was stopped.");
});

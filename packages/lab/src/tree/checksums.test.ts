import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeChecksum } from './checksums.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-checksums-'));
  await writeFile(join(directory, 'runc.amd64'), 'abc');
});
afterEach(() => rm(directory, { recursive: true }));

// This example is from FIPS 180-2, appendix B.1.
const digestOfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('bare: the digest and nothing else', async () => {
  const file = join(directory, 'runc.amd64');
  expect(await writeChecksum(file, `${file}.sha256`, 'bare')).toBe(digestOfAbc);
  expect(await readFile(`${file}.sha256`, 'utf8')).toBe(digestOfAbc);
});

test('named: what sha256sum checks', async () => {
  const file = join(directory, 'runc.amd64');
  await writeChecksum(file, join(directory, 'runc.sha256sum'), 'named');
  const { stdout } = await execa('sha256sum', ['--check', 'runc.sha256sum'], { cwd: directory });
  expect(stdout).toBe('runc.amd64: OK');
});

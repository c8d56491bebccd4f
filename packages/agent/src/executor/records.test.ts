import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRecords } from './records.ts';

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'vhive-records-')), 'records');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

it.each(['receipt', '../etc/passwd', '/usr/local/bin/containerd', '.', 'x'.repeat(500)])('keeps %s', async (name) => {
  await createRecords(directory).set(name, { sha256: name });
  expect(await createRecords(directory).get(name)).toEqual({ sha256: name });
  expect(await createRecords(directory).get(`${name}2`)).toBeUndefined();
  const [file = '', ...others] = await readdir(directory);
  expect(others).toEqual([]);
  expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
});

it('counts a damaged record as absent', async () => {
  const records = createRecords(directory);
  await records.set('a', 1);
  await writeFile(join(directory, 'a.json'), '{');
  expect(await records.get('a')).toBeUndefined();
});

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeRunsc } from './runsc.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-runsc-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('one name is changed wherever it stands, and nothing else', async () => {
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  await writeFile(
    from,
    'a\0/proc/sys/net/core/rmem_default\0b/proc/sys/net/core/rmem_default/proc/sys/net/core/rmem_max',
  );
  await writeRunsc(from, to);
  expect(await readFile(to, 'utf8')).toBe(
    'a\0/proc/sys/net/core/rmem_nowhere\0b/proc/sys/net/core/rmem_nowhere/proc/sys/net/core/rmem_max',
  );
  expect((await stat(to)).mode & 0o777).toBe(0o755);
});

test('another runsc than the lab knows is refused', async () => {
  await writeFile(join(directory, 'from'), 'another');
  await expect(writeRunsc(join(directory, 'from'), join(directory, 'to'))).rejects.toThrow('another runsc');
});

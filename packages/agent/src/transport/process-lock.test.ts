import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockStateDirectory } from './process-lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('keeps a second agent out until it is released', async () => {
  const lock = await lockStateDirectory(directory);
  await expect(lockStateDirectory(directory)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(String(process.pid)),
  });
  await lock.release();
  await (await lockStateDirectory(directory)).release();
});

it.each([
  ['of a process that is gone', '4194305 1'],
  ['of a process whose id now belongs to another', `${process.pid} 1`],
  ['that was cut', ''],
])('takes over a lock %s', async (_name, content) => {
  await writeFile(join(directory, 'agent.pid'), content);
  const lock = await lockStateDirectory(directory);
  expect(await readFile(join(directory, 'agent.pid'), 'utf8')).toMatch(new RegExp(`^${process.pid} \\d{2,}$`));
  await lock.release();
});

it('says so where there can be no state directory', async () => {
  await expect(lockStateDirectory('/proc/nothing/agent')).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/proc/nothing/agent'),
    hint: expect.stringContaining('--state-dir'),
  });
});

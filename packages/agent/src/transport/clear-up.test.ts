import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearUp, makeRoom } from './clear-up.ts';
import { silentLogger } from './logger.ts';
import { lockStateDirectory } from './process-lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-clear-'));
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'vhive-test', directory]);
  await mkdir(join(directory, 'downloads'));
});
afterEach(async () => {
  await execa('umount', ['--lazy', directory]);
  await rm(directory, { recursive: true });
});

const fill = () => writeFile(join(directory, 'downloads/file.part'), Buffer.alloc(4 * 2 ** 20)).catch(() => undefined);

it('an agent whose own download filled its disk can start again', async () => {
  await fill();
  await expect(lockStateDirectory(directory)).rejects.toThrow('the disk is full');
  await makeRoom(directory, silentLogger);
  await (await lockStateDirectory(directory)).release();
});

it('downloads go on where there is room, or where another agent lives', async () => {
  await writeFile(join(directory, 'downloads/file.part'), 'half');
  await makeRoom(directory, silentLogger);
  expect(await readdir(join(directory, 'downloads'))).toEqual(['file.part']);
  const lock = await lockStateDirectory(directory);
  await fill();
  await makeRoom(directory, silentLogger);
  expect(await readdir(join(directory, 'downloads'))).toEqual(['file.part']);
  await lock.release();
});

it('temporary files of an agent that was killed are removed', async () => {
  await mkdir(join(directory, 'records'));
  await writeFile(join(directory, 'records/.vhive-4194305-0a.tmp'), '');
  await clearUp(directory);
  expect(await readdir(join(directory, 'records'))).toEqual([]);
});

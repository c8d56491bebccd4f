import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labSoftware } from './lab-software.ts';

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'vhive-lab-software-'));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const asked: string[] = [];
const publishers = {
  look: () => Promise.reject(new Error('nobody may be asked')),
  pull: () => Promise.reject(new Error('nothing may be pulled')),
};
const options = () => ({ cacheDir, publishers, log: (line: string) => void asked.push(line) });

test('with a mirror tree that is given, the publishers are not asked and nothing is built', async () => {
  const given = await mkdtemp(join(cacheDir, 'given-'));
  const software = await labSoftware({ stack: 'full', mirror: given }, options());
  expect(software).toMatchObject({ directory: given, compiled: false });
  expect(software.versions.istio).toBe(catalogue.istio.version);
  expect(await readdir(cacheDir)).toHaveLength(1);
  expect(asked.at(-1)).toBe(`the hosts take everything from ${given}: nothing is pulled or compiled`);
});

test('a mirror tree at an address is no directory to show to hosts', async () => {
  const software = await labSoftware({ stack: 'serving', mirror: 'http://10.1.2.3/mirror' }, options());
  expect(software.directory).toBeUndefined();
  expect(await readdir(cacheDir)).toEqual([]);
});

test('a mirror tree that is remembered and gone is named, with what to do', async () => {
  const gone = labSoftware({ stack: 'full', mirror: join(cacheDir, 'gone') }, options());
  await expect(gone).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('--source publishers') });
});

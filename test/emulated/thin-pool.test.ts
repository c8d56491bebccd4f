import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defaultLabDirectories, labDown, labExec, labHost, labReboot, labUp } from '@vhive/lab/index';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Boots } from '../lab/user-mode-linux/thin-pool-boots.ts';

// The same program that makes and grows a thin pool under User Mode Linux, on a host with the kernel, the udev and the
// systemd of a Debian server.

const { cacheDir } = defaultLabDirectories();
const log = (line: string) => process.stderr.write(`lab: ${line}\n`);
const nothing = { changed: [], left: [] };

let stateDir: string;

const run = async (which: keyof Boots) => {
  const host = await labHost('host-1', { stateDir });
  const program = 'test/lab/user-mode-linux/thin-pool-boots.ts';
  const argv = ['/run/node/node', program, which, `/root/${which}.json`];
  await labExec(host, argv, { cwd: '/opt/project' });
  return JSON.parse((await labExec(host, ['cat', `/root/${which}.json`])).stdout);
};

beforeAll(async () => {
  stateDir = await mkdtemp('/var/lib/vhive-lab-test-');
  const binds = [
    { source: join(import.meta.dirname, '../..'), target: '/opt/project', readOnly: true },
    { source: dirname(process.execPath), target: '/run/node', readOnly: true },
  ];
  await labUp({ hosts: 0, emulated: 1, cacheDir, stateDir, binds, log });
  const packages = ['dmsetup', 'thin-provisioning-tools'];
  const install = `apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes ${packages.join(' ')}`;
  await labExec(await labHost('host-1', { stateDir }), ['sh', '-ec', install]);
});

afterAll(() => labDown({ stateDir, log }));

it('a thin pool is made and grown, and is back after a reboot before what needs it', async () => {
  const first = (await run('first')) as Boots['first'];
  expect(first.findings).toEqual([]);
  expect(first.made).toMatchObject({
    changed: expect.arrayContaining(['fc-dev-thinpool: the thin pool of 100 GiB is made']),
  });
  expect(first.again).toEqual(nothing);
  expect(first.grown).toMatchObject({
    changed: expect.arrayContaining(['fc-dev-thinpool: grows from 100 GiB to 200 GiB']),
  });

  await labReboot('host-1', { stateDir, log });
  const second = (await run('second')) as Boots['second'];
  expect(second.bootId).not.toBe(first.bootId);
  expect(second.back).toMatchObject({
    unit: 'active',
    status: expect.stringMatching(/^0 419430400 thin-pool .* rw /),
    atStartOfFirecracker: expect.stringMatching(/^0 419430400 thin-pool .* rw /),
    action: nothing,
  });
  expect(second.content).toBe('precious');
});

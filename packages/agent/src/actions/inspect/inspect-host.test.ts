import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '@vhive/shared';
import { expect, it } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { inspectHost } from './inspect-host.ts';

/** Makes a host on which `systemctl`, `journalctl` and `dmsetup` are stand-ins that print this. */
async function contextWith(programs: Record<string, string>, facts: Partial<Facts> = {}) {
  const context = await testContext({
    host: (real) => ({ facts: async () => ({ ...(await real.facts()), ...facts }) }),
  });
  await mkdir(join(context.root, 'bin'));
  for (const [name, text] of Object.entries(programs)) {
    const path = join(context.root, 'bin', name);
    await writeFile(path, `#!/bin/sh\n/bin/cat <<'END'\n${text}\nEND\n`);
    await chmod(path, 0o755);
  }
  return context;
}

const active = 'LoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=0\nResult=success';
const roomy: Partial<Facts> = {
  root: { totalBytes: 100, freeBytes: 50 },
  kvm: { present: true, usable: true },
  kubernetes: { joined: true, controlPlane: false },
};
const pool = (used: number, usedMetadata = 99) =>
  `0 209715200 thin-pool 1 ${usedMetadata}/524288 ${used}/1638400 - rw discard_passdown queue_if_no_space - 1024`;
const params = { units: ['containerd.service'], needsKvm: true, thinPool: 'fc-dev-thinpool', minFreePercent: 15 };

it('has nothing to say of a host that is well', async () => {
  await using context = await contextWith({ systemctl: active, dmsetup: pool(1000) }, roomy);
  expect(await inspectHost.check(params, context)).toEqual({ converged: true, outputs: { findings: [] } });
});

it('warns of what will be trouble', async () => {
  await using context = await contextWith(
    {
      systemctl: active.replace('NRestarts=0', 'NRestarts=3'),
      journalctl: 'out of luck',
      dmsetup: pool(1_500_000, 450_000),
    },
    { ...roomy, root: { totalBytes: 100, freeBytes: 9 } },
  );
  const result = await inspectHost.check(params, context);
  expect(result).toMatchObject({
    outputs: {
      findings: [
        { level: 'warning', message: 'containerd.service was restarted 3 times; its last line: out of luck' },
        { check: 'thin pool', level: 'warning', message: 'fc-dev-thinpool is 92 % full' },
        { check: 'thin pool', level: 'warning', message: 'the metadata of fc-dev-thinpool is 86 % full' },
        { check: 'space', level: 'warning', message: expect.stringContaining('9 % of the root file system') },
      ],
    },
  });
});

it('fails with every error at once', async () => {
  await using context = await contextWith(
    {
      systemctl: active.replace('=active', '=failed'),
      journalctl: 'no such device',
      dmsetup: pool(1).replace('rw', 'ro'),
    },
    { ...roomy, kvm: { present: false, usable: false } },
  );
  await expect(inspectHost.check(params, context)).rejects.toMatchObject({
    failure: {
      message:
        'containerd.service: is failed (success); its last line: no such device; kvm: there is no /dev/kvm; ' +
        'thin pool: fc-dev-thinpool takes no data (ro)',
      hint: 'journalctl -u containerd.service -n 50',
    },
  });
});

it('of a host that is no member yet says that there is something to do', async () => {
  await using context = await contextWith({}, { ...roomy, kubernetes: { joined: false, controlPlane: false } });
  expect(await inspectHost.check(params, context)).toMatchObject({ converged: false });
});

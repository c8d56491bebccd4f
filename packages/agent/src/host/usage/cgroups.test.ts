import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCgroups } from './cgroups.ts';

let mount: string;
beforeEach(async () => {
  mount = await mkdtemp(join(tmpdir(), 'vhive-cgroups-'));
});
afterEach(() => rm(mount, { recursive: true }));

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(mount, name)), { recursive: true });
    await writeFile(join(mount, name), content);
  }
}

const uid = '0a1b2c3d-0000-4000-8000-00000000000f';
const slice = `kubepods-besteffort-pod${uid.replaceAll('-', '_')}.slice`;

it('version 2: a machine counts its processor time, and pods their memory too', async () => {
  await put({
    'cgroup.controllers': 'cpu memory\n',
    'cpu.stat': 'usage_usec 9000000\nuser_usec 1\n',
    'kubepods.slice/cpu.stat': 'usage_usec 1\n',
    [`kubepods.slice/kubepods-besteffort.slice/${slice}/cpu.stat`]: 'usage_usec 2500000\n',
    [`kubepods.slice/kubepods-besteffort.slice/${slice}/memory.current`]: '10000\n',
    [`kubepods.slice/kubepods-besteffort.slice/${slice}/memory.stat`]: 'anon 1\ninactive_file 4000\n',
    // A guaranteed pod that is just going away.
    'kubepods.slice/kubepods-podaa.slice/memory.current': '1\n',
  });
  const cgroups = openCgroups(mount);
  expect(cgroups.whole()).toEqual({ cpuSeconds: 9, memoryBytes: undefined });
  expect([...cgroups.pods()]).toEqual([[uid, { cpuSeconds: 2.5, memoryBytes: 6_000 }]]);
});

it('version 1, with the driver cgroupfs: each controller has a hierarchy', async () => {
  const group = `kubepods/burstable/pod${uid}`;
  await put({
    'cpuacct/cpuacct.usage': '84372475973652\n',
    [`cpuacct/${group}/cpuacct.usage`]: '1500000000\n',
    'memory/memory.usage_in_bytes': '10000\n',
    'memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 2500\n',
    [`memory/${group}/memory.usage_in_bytes`]: '700\n',
    [`memory/${group}/memory.stat`]: 'total_inactive_file 800\n',
  });
  const cgroups = openCgroups(mount);
  expect(cgroups.whole()?.cpuSeconds).toBeCloseTo(84_372.475973652);
  expect(cgroups.whole()?.memoryBytes).toBe(7_500);
  expect([...cgroups.pods()]).toEqual([[uid, { cpuSeconds: 1.5, memoryBytes: 0 }]]);
});

it('a host without cgroups tells nothing of them', () => {
  const cgroups = openCgroups(mount);
  expect(cgroups.whole()).toBeUndefined();
  expect(cgroups.pods().size).toBe(0);
});

import { expect, test } from 'vitest';
import { createRealHost } from '../../host/real-host.ts';
import { testContext } from '../kit/context.fixture.ts';
import { isModuleAvailable, kernelRelease } from './kernel-module-probe.ts';
import { kernelModules } from './kernel-modules.ts';

test('finds loaded, built-in and otherwise visible modules', async () => {
  await using context = await testContext();
  const { host } = context;
  const write = (path: string, text: string) => host.writeFile(path, text, { mode: '0644' });
  await write('/proc/sys/kernel/osrelease', '6.1.0-test\n');
  await write('/proc/modules', 'nf_tables 303104 0 - Live 0x0\n');
  await write('/proc/filesystems', 'nodev\tproc\nnodev\toverlay\n');
  await write('/lib/modules/6.1.0-test/modules.builtin', 'kernel/net/802/ip-tunnel.ko\nkernel/net/x/vxlan.ko\n');
  for (const module of ['nf_tables', 'nf-tables', 'overlay', 'ip_tunnel', 'vxlan'])
    expect([module, await isModuleAvailable(host, module)]).toEqual([module, true]);
  expect(await isModuleAvailable(host, 'br_netfilter')).toBe(false);
});

test('this machine has no module of a made-up name', async () => {
  const host = createRealHost();
  expect(await isModuleAvailable(host, 'vhive_made_up')).toBe(false);
  expect(await kernelRelease(host)).toMatch(/^\d+\./);
});

test('a kernel without modules is named in the failure', async () => {
  await using context = await testContext();
  await context.host.writeFile('/proc/sys/kernel/osrelease', '6.18.0-none\n', { mode: '0644' });
  await expect(kernelModules.apply({ file: 'vhive.conf', modules: ['br_netfilter'] }, context)).rejects.toMatchObject({
    message: expect.stringMatching(/6\.18\.0-none lacks br_netfilter/),
    failure: { permanent: true },
  });
});

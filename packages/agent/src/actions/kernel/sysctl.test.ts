import { writeFile } from 'node:fs/promises';
import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { sysctl } from './sysctl.ts';

const params = (settings: object[]) => agentActions.sysctl.params.parse({ file: '90-vhive.conf', settings });

test('a range with other white space is the same value', async () => {
  await using context = await testContext();
  await context.host.writeFile('/proc/sys/net/ipv4/ip_local_port_range', '32769\t65535\n', { mode: '0644' });
  const wanted = params([{ key: 'net.ipv4.ip_local_port_range', value: '32769 65535' }]);
  expect(await sysctl.check(wanted, context)).toMatchObject({ changes: [expect.stringContaining('90-vhive.conf')] });
  await sysctl.apply(wanted, context);
  expect(await sysctl.check(wanted, context)).toEqual({ converged: true, outputs: {} });
});

test('values are written through tee, in order', async () => {
  await using context = await testContext({
    // The script writes below the test's root what tee would write below /.
    host: (real) => ({
      run: async (argv, options) => {
        await writeFile(real.localPath(argv[1] ?? ''), options?.input ?? '');
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    }),
  });
  await context.host.writeFile('/proc/sys/a/b', '0\n', { mode: '0644' });
  const wanted = params([
    { key: 'a.b', value: '1' },
    { key: 'a.none', value: '1', optional: true },
  ]);
  await sysctl.apply(wanted, context);
  expect(await sysctl.check(wanted, context)).toEqual({ converged: true, outputs: {} });
  expect((await context.host.readFile('/etc/sysctl.d/90-vhive.conf'))?.toString()).toContain(
    '\na.b = 1\n-a.none = 1\n',
  );
});

test('a missing setting that is needed is an error that names it', async () => {
  await using context = await testContext();
  await expect(
    sysctl.apply(params([{ key: 'net.bridge.bridge-nf-call-iptables', value: '1' }]), context),
  ).rejects.toMatchObject({
    failure: { permanent: true, hint: expect.stringContaining('modprobe br_netfilter') },
    message: expect.stringContaining('net.bridge.bridge-nf-call-iptables'),
  });
});

test('a setting on a read-only mount is fine when optional', async () => {
  await using context = await testContext();
  await context.host.writeFile('/proc/sys/kernel/pid_max', '32768\n', { mode: '0644' });
  await context.host.writeFile(
    '/proc/self/mountinfo',
    '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /proc/sys ro,nosuid - proc proc rw\n',
    { mode: '0644' },
  );
  const wanted = params([{ key: 'kernel.pid_max', value: '4194303', optional: true }]);
  expect(await sysctl.check(wanted, context)).toMatchObject({ changes: [expect.stringContaining('.conf')] });
  expect(context.logged.join()).toContain('kernel.pid_max stays 32768');
});

test('a setting that is only raised: a host that has more keeps it, also at the next boot', async () => {
  await using context = await testContext({
    host: (real) => ({
      run: async (argv, options) => {
        await writeFile(real.localPath(argv[1] ?? ''), options?.input ?? '');
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    }),
  });
  const { host } = context;
  for (const [key, value] of [
    ['a/more', '900'],
    ['a/less', '100'],
  ])
    await host.writeFile(`/proc/sys/${key}`, `${value}\n`, { mode: '0644' });
  const wanted = params(['a.more', 'a.less'].map((key) => ({ key, value: '500', optional: true, atLeast: true })));
  await sysctl.apply(wanted, context);
  expect(await sysctl.check(wanted, context)).toEqual({ converged: true, outputs: {} });
  const written = (await host.readFile('/etc/sysctl.d/90-vhive.conf'))?.toString();
  expect(written).toContain('-a.less = 500\n');
  expect(written).not.toContain('a.more');
  expect((await host.readFile('/proc/sys/a/more'))?.toString()).toBe('900\n');
  // After a boot that lost the value, it is set again, and the file stays as it is.
  await host.writeFile('/proc/sys/a/less', '100\n', { mode: '0644' });
  expect(await sysctl.check(wanted, context)).toMatchObject({ changes: ['a.less: 100 becomes 500'] });
});

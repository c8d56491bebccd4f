import { writeFile } from 'node:fs/promises';
import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import type { CommandResult } from '../../host/host.ts';
import { testContext } from '../kit/context.fixture.ts';
import { sysfs } from './sysfs.ts';

const THP = '/sys/kernel/mm/transparent_hugepage/enabled';
const params = agentActions.sysfs.params.parse({
  file: 'vhive-tuning.conf',
  settings: [
    { title: 'huge pages off', paths: [{ path: THP, value: 'never' }] },
    {
      title: 'turbo off',
      paths: [
        { path: '/sys/devices/system/cpu/intel_pstate/no_turbo', value: '1' },
        { path: '/sys/devices/system/cpu/cpufreq/boost', value: '0' },
      ],
    },
    { title: 'SMT off', paths: [{ path: '/sys/devices/system/cpu/smt/control', value: 'off' }] },
  ],
});

/**
 * Makes a machine whose kernel takes what tee writes and prints it as real kernels do. With `refuse` it does not take
 * it.
 */
const machine = (refuse?: string) =>
  testContext({
    host: (real) => ({
      run: async ([program, path = ''], options): Promise<CommandResult> => {
        const input = options?.input ?? '';
        if (program !== 'tee') return { exitCode: 127, stdout: '', stderr: '' };
        if (refuse) return { exitCode: 1, stdout: '', stderr: `tee: ${path}: ${refuse}\n` };
        await writeFile(real.localPath(path), path === THP ? `always madvise [${input}]\n` : `${input}\n`);
        return { exitCode: 0, stdout: input, stderr: '' };
      },
    }),
  });

const put = (context: Awaited<ReturnType<typeof machine>>, files: Record<string, string>) =>
  Promise.all(Object.entries(files).map(([path, text]) => context.host.writeFile(path, text, { mode: '0644' })));

const kernel = {
  [THP]: '[always] madvise never\n',
  '/sys/devices/system/cpu/cpufreq/boost': '1\n',
  '/sys/devices/system/cpu/smt/control': 'notsupported\n',
};

test('writes the first path there is, now and for every boot', async () => {
  await using context = await machine();
  await put(context, kernel);
  expect(await sysfs.check(params, context)).toEqual({
    converged: false,
    changes: [
      expect.stringContaining('/etc/tmpfiles.d/vhive-tuning.conf'),
      `huge pages off: ${THP} is always and becomes never`,
      'turbo off: /sys/devices/system/cpu/cpufreq/boost is 1 and becomes 0',
    ],
  });
  await sysfs.apply(params, context);
  expect(await sysfs.check(params, context)).toEqual({ converged: true, outputs: {} });
  expect((await context.host.readFile('/etc/tmpfiles.d/vhive-tuning.conf'))?.toString()).toBe(
    `# Written by vhive-agent; changes are overwritten.
# huge pages off
w ${THP} - - - - never
# turbo off
w /sys/devices/system/cpu/cpufreq/boost - - - - 0
# SMT off: not available on this host
`,
  );
  expect(context.logged).toContain('SMT off: not available on this host');
});

test('SMT off until the next boot is off; a file that cannot be read counts as none', async () => {
  await using context = await machine('Operation not permitted');
  await put(context, {
    [THP]: 'always madvise [never]\n',
    // Reading a directory fails, as reading the no_turbo of a driver that is off does.
    '/sys/devices/system/cpu/intel_pstate/no_turbo/x': '',
    '/sys/devices/system/cpu/cpufreq/boost': '0\n',
    '/sys/devices/system/cpu/smt/control': 'forceoff\n',
  });
  await sysfs.apply(params, context);
  expect(await sysfs.check(params, context)).toEqual({ converged: true, outputs: {} });
  expect((await context.host.readFile('/etc/tmpfiles.d/vhive-tuning.conf'))?.toString()).toContain(
    'w /sys/devices/system/cpu/cpufreq/boost - - - - 0\n',
  );
});

test('what was changed since is put right', async () => {
  await using context = await machine();
  await put(context, kernel);
  await sysfs.apply(params, context);
  await put(context, { '/sys/devices/system/cpu/cpufreq/boost': '1\n' });
  expect(await sysfs.check(params, context)).toMatchObject({ changes: [expect.stringContaining('turbo off')] });
});

test("a container leaves its machine's values alone, now and at its next start", async () => {
  await using context = await machine();
  await put(context, { ...kernel, '/run/systemd/container': 'systemd-nspawn\n' });
  await sysfs.apply(params, context);
  expect(await sysfs.check(params, context)).toEqual({ converged: true, outputs: {} });
  expect((await context.host.readFile(THP))?.toString()).toBe('[always] madvise never\n');
  expect((await context.host.readFile('/etc/tmpfiles.d/vhive-tuning.conf'))?.toString()).not.toMatch(/^w /m);
  expect(context.logged.join()).toContain('is a container');
});

test('a value that the kernel refuses is named, and not tried at every boot', async () => {
  await using context = await machine('Operation not permitted');
  await put(context, kernel);
  await expect(sysfs.apply(params, context)).rejects.toMatchObject({
    message: `huge pages off: ${THP} cannot be set to never (it is always): Operation not permitted`,
    failure: { permanent: true },
  });
  expect(await context.host.stat('/etc/tmpfiles.d/vhive-tuning.conf')).toBeUndefined();
});

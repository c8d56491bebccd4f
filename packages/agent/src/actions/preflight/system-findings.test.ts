import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { systemFindings } from './system-findings.ts';

const RELEASE = '6.1.0-test';

/** A machine of which only the modules of the kernel matter. */
async function machine(files: Record<string, string>) {
  const context = await testContext();
  const all = { '/proc/sys/kernel/osrelease': RELEASE, '/proc/filesystems': 'nodev\toverlay\n', ...files };
  for (const [path, text] of Object.entries(all)) await context.host.writeFile(path, text, { mode: '0444' });
  const about = async (modules: string[]) =>
    (await systemFindings(context.host, modules))
      .filter(({ check }) => check === 'kernel')
      .map(({ message }) => message);
  const hint = async (module: string) =>
    (await systemFindings(context.host, [module])).find(({ message }) => message.includes(module))?.hint;
  return { about, hint, [Symbol.asyncDispose]: () => context[Symbol.asyncDispose]() };
}

const bridge = { '/proc/sys/net/bridge/bridge-nf-call-iptables': '1\n' };

test.each([
  ['a module that can be loaded', `/lib/modules/${RELEASE}/modules.dep`, 'kernel/drivers/md/dm-thin-pool.ko.xz: a\n'],
  ['built in', `/lib/modules/${RELEASE}/modules.builtin`, 'kernel/drivers/md/dm-thin-pool.ko\n'],
  ['loaded', '/proc/modules', 'dm_thin_pool 90112 0 - Live 0x0\n'],
])('%s is there', async (_title, path, text) => {
  await using host = await machine({ ...bridge, [path]: text });
  expect(await host.about(['dm_thin_pool'])).toEqual([]);
});

test('what neither is there nor can be loaded is named; what this plan does not need is not', async () => {
  await using host = await machine({ ...bridge, '/dev/mapper/control': '' });
  expect(await host.about(['dm_thin_pool'])).toEqual([
    `the kernel ${RELEASE} has no dm_thin_pool, neither built in nor as a module`,
  ]);
  expect(await host.about([])).toEqual([]);
  expect(await host.hint('dm_thin_pool')).toMatch(/boot a distribution kernel.*another --sandbox does not$/);
});

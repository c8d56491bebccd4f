import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { testContext } from './context.test-support.ts';
import { hostsEntry } from './hosts-entry.ts';

const params = (address: string) => agentActions['hosts.entry'].params.parse({ names: ['registry.local'], address });

test('a name leads to its address; bytes and mode of the rest stay', async () => {
  await using context = await testContext();
  const { host } = context;
  const before = Buffer.concat([Buffer.from('127.0.0.1 localhost # caf'), Buffer.from([0xe9, 0x0a])]);
  await host.writeFile('/etc/hosts', before, { mode: '0664' });
  expect(await hostsEntry.check(params('10.96.0.5'), context)).toEqual({
    converged: false,
    changes: ['/etc/hosts: registry.local leads to 10.96.0.5'],
  });
  await hostsEntry.apply(params('10.96.0.5'), context);
  expect(await hostsEntry.check(params('10.96.0.5'), context)).toEqual({ converged: true, outputs: {} });
  const after = await host.readFile('/etc/hosts');
  expect(after?.subarray(0, before.length).equals(before)).toBe(true);
  expect((await host.stat('/etc/hosts'))?.mode).toBe('0664');

  await hostsEntry.apply(params('10.96.0.6'), context);
  expect((await host.readFile('/etc/hosts'))?.toString('latin1')).not.toContain('10.96.0.5');
});

test('a host without the file gets one', async () => {
  await using context = await testContext();
  await hostsEntry.apply(params('10.96.0.5'), context);
  expect(await context.host.stat('/etc/hosts')).toMatchObject({ mode: '0644' });
});

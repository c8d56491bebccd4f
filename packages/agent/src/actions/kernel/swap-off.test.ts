import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { swapOff } from './swap-off.ts';

test('comments swap out and keeps the first backup, also when repeated', async () => {
  await using context = await testContext();
  const original = 'UUID=2 none swap sw 0 0\n';
  await context.host.writeFile('/etc/fstab', original, { mode: '0644' });
  expect(await swapOff.check({}, context)).toMatchObject({ converged: false });
  await swapOff.apply({}, context);
  expect(await swapOff.check({}, context)).toEqual({ converged: true, outputs: {} });
  await context.host.writeFile('/etc/fstab', `${original}/more none swap sw 0 0\n`, { mode: '0644' });
  await swapOff.apply({}, context);
  expect((await context.host.readFile('/etc/fstab.vhive-backup'))?.toString()).toBe(original);
  expect((await context.host.readFile('/etc/fstab'))?.toString()).toBe(
    '# vhive: UUID=2 none swap sw 0 0\n# vhive: /more none swap sw 0 0\n',
  );
});

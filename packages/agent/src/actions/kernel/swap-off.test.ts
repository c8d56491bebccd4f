import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSimulatedHost } from '../../simulated/simulated-host.ts';
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

test('services that make swap at boot are stopped and masked, and only those that would run', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-swap-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const host = await createSimulatedHost({ directory, name: 'sim-1', address: '127.0.0.1' });
  const context = Object.assign(await testContext(), { host });
  cleanup.use(context);
  for (const unit of ['zramswap', 'swapspace', 'dphys-swapfile'])
    await host.writeFile(`/usr/lib/systemd/system/${unit}.service`, '', { mode: '0644' });
  await host.run(['systemctl', 'enable', 'zramswap.service']);
  await host.run(['systemctl', 'start', 'swapspace.service']);
  expect(await swapOff.check({}, context)).toMatchObject({
    changes: expect.arrayContaining([
      'zramswap.service: is stopped and masked',
      'swapspace.service: is stopped and masked',
    ]),
  });
  await swapOff.apply({}, context);
  expect(await swapOff.check({}, context)).toEqual({ converged: true, outputs: {} });
  for (const [unit, state] of [
    ['zramswap', 'masked'],
    ['swapspace', 'masked'],
    ['dphys-swapfile', 'disabled'],
  ])
    expect((await host.run(['systemctl', 'show', `${unit}.service`])).stdout).toContain(`UnitFileState=${state}`);
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

const up = () => cluster.upSimulated(2);

it('runs cancel ends a run under way, the up that follows it says so, and the next up begins another', async () => {
  await cluster.faults(
    'sim-2',
    [{ command: 'systemctl restart containerd.service', effect: 'hang' }],
    cluster.ownMachines,
  );
  const first = await up();
  const { runId } = await first.line('plan');
  await first.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-2' && task === 'service' && status === 'started',
  );
  const cancel = await cluster.run(['runs', 'cancel', String(runId)]);
  expect({ code: await cancel.ended, text: cancel.stdout + cancel.stderr }).toEqual({
    code: 0,
    text: expect.stringContaining(`run ${runId} is cancelled`),
  });
  expect(await first.result()).toMatchObject({ outcome: 'cancelled', runId });

  await cluster.faults('sim-2', [], cluster.ownMachines);
  const second = await up();
  const plan = await second.line('plan');
  expect(plan).toMatchObject({ resumed: false });
  expect(plan.runId).not.toBe(runId);
  expect(await second.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId: plan.runId });
});

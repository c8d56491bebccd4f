import { join } from 'node:path';
import { isAlive } from '@vhive/base/is-alive';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doneAgain } from '../support/attempts.ts';
import { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

const up = () => cluster.upSimulated(2);
const inRuntime = (program: Program) =>
  program.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-2' && task === 'service' && status === 'started',
  );

/** Returns the pid of a simulated machine's agent, as the agent itself says it. */
async function agentPid(name: string): Promise<number> {
  const status = await Program.start('vhive-agent', [
    ...['status', '--output', 'json', '--state-dir', join(cluster.ownMachines, name, 'agent')],
  ]);
  await status.ended;
  const { pid } = JSON.parse(status.stdout) as { pid: number };
  expect(pid).toBeGreaterThan(1);
  return pid;
}

it('Ctrl-C of an up with its own coordinator: stops in order, says how to resume; the same command resumes', async () => {
  await cluster.faults(
    'sim-2',
    [{ command: 'systemctl restart containerd.service', effect: 'hang' }],
    cluster.ownMachines,
  );
  const first = await up();
  await inRuntime(first);
  const natsPid = await cluster.natsPid();
  first.signal('SIGINT');
  const result = await first.result();
  expect(result).toMatchObject({
    outcome: 'interrupted',
    exitCode: 130,
    code: 'interrupted',
    hint: expect.stringContaining('type the same command again'),
  });
  expect(isAlive(natsPid)).toBe(false);

  await cluster.faults('sim-2', [], cluster.ownMachines);
  const second = await up();
  const { runId } = await second.line('plan', ({ resumed }) => resumed === true);
  expect(await second.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });
  expect(second.lines()).toContainEqual(
    expect.objectContaining({ text: expect.stringContaining(`run ${runId} goes by what it was begun with at `) }),
  );
  const steps = second.lines().filter((line) => line.type === 'step');
  expect(steps.filter(({ step, status }) => step === 'runtime/sim-2' && status === 'running')).toHaveLength(2);
  expect(steps.filter(({ step, status }) => step === 'system/sim-2' && status === 'running')).toHaveLength(1);
});

it('an up with its own coordinator killed: the same command resumes, nothing is done again', async () => {
  await cluster.faults(
    'sim-2',
    [{ command: 'systemctl restart containerd.service', effect: 'hang' }],
    cluster.ownMachines,
  );
  const first = await up();
  await inRuntime(first);
  const { runId } = await first.line('plan');
  const agents = await Promise.all(['sim-1', 'sim-2'].map(agentPid));
  await first.kill();
  await cluster.faults('sim-2', [], cluster.ownMachines);
  // Nothing of the simulation is left behind.
  await expect.poll(() => agents.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  const second = await up();
  expect(await second.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });

  const serve = await cluster.coord(['serve']);
  await serve.says('coordinator of cluster');
  const events = await cluster.events(String(runId));
  expect(doneAgain(events)).toEqual([]);
});

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AgentEvent } from '@vhive/shared';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doneAgain, repeatedSteps } from '../support/attempts.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

/** The steps whose results wait in the outbox of an agent, read from its file. */
function waiting(name: string): string[] {
  using journal = new DatabaseSync(join(cluster.agentStateDir(name), 'journal.db'), { readOnly: true });
  const rows = journal.prepare('SELECT event FROM outbox').all();
  return rows.map(({ event }) => (JSON.parse(String(event)) as AgentEvent).result.stepId);
}

it('a worker’s agent killed in the middle of runtime and started again: only that step is done again', async () => {
  await cluster.serve();
  const [, , third] = await cluster.agents(3);
  await cluster.faults('sim-3', [{ command: 'systemctl restart containerd.service', effect: 'hang' }]);
  const up = await cluster.up(3);
  await up.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-3' && task === 'service' && status === 'started',
  );
  // The other nodes need not wait for the node whose agent was killed.
  await up.line('step', ({ step, status }) => step === 'join/sim-2' && status === 'done');
  await third?.kill();
  await cluster.faults('sim-3', []);
  await cluster.agent(3);

  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(result.nodes?.map(({ name, outcome }) => [name, outcome])).toEqual(
    ['sim-1', 'sim-2', 'sim-3', '@coordinator'].map((name) => [name, 'ready']),
  );
  const events = await cluster.events(result.runId ?? '');
  expect(repeatedSteps(events)).toEqual({ 'runtime/sim-3': ['interrupted', 'ok'] });
  expect(doneAgain(events)).toEqual([]);
});

it('the coordinator killed in the middle of join and started again: up goes on watching, nothing is done again', async () => {
  const coordinator = await cluster.serve();
  await cluster.agents(2);
  await cluster.faults('sim-2', [{ command: 'kubeadm join', effect: 'hang' }]);
  const up = await cluster.up(2);
  await up.line('task', ({ step, task, status }) => step === 'join/sim-2' && task === 'join' && status === 'started');
  await coordinator.kill();
  await cluster.serve();
  await up.says('the coordinator is back');
  await cluster.faults('sim-2', []);

  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'ready', exitCode: 0 });
  const events = await cluster.events(result.runId ?? '');
  expect(repeatedSteps(events)).toEqual({});
  expect(doneAgain(events)).toEqual([]);
});

it('a join that ends while no coordinator is there is not lost', async () => {
  const coordinator = await cluster.serve();
  const [, second] = await cluster.agents(2);
  await cluster.faults('sim-2', [{ command: 'kubeadm join', effect: 'hang' }]);
  const up = await cluster.up(2);
  await up.line('task', ({ step, task, status }) => step === 'join/sim-2' && task === 'join' && status === 'started');
  await coordinator.kill();
  await cluster.faults('sim-2', []);
  // The result waits in the outbox of the agent and survives the death of the agent too.
  await expect.poll(() => waiting('sim-2'), { timeout: 60_000 }).toEqual(['join/sim-2']);
  await second?.stop();
  await cluster.serve();
  await cluster.agent(2);

  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(repeatedSteps(await cluster.events(result.runId ?? ''))).toEqual({});
});

it('nats-server killed in the middle: started again by the coordinator, nothing is done again', async () => {
  await cluster.serve();
  await cluster.agents(2);
  await cluster.faults('sim-2', [{ command: 'systemctl restart containerd.service', effect: 'hang' }]);
  const up = await cluster.up(2);
  await up.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-2' && task === 'service' && status === 'started',
  );
  process.kill(await cluster.natsPid(), 'SIGKILL');
  await cluster.faults('sim-2', []);

  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'ready', exitCode: 0 });
  const events = await cluster.events(result.runId ?? '');
  expect(repeatedSteps(events)).toEqual({});
  expect(doneAgain(events)).toEqual([]);
});

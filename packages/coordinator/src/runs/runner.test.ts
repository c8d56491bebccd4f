import type { CommandReply, Plan, RunEvent, Step } from '@vhive/shared';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Runner } from './runner.ts';

const step = (node: string): Step => ({
  ...{ id: `a/${node}`, phase: 'a', executor: node, node, title: 'a', needs: [], after: [] },
  tasks: [{ id: 'nothing', title: 'nothing', action: 'no-op', params: {} }],
  policy: { timeLimitMs: 60_000, retries: 0, backoffMs: 0, onFailure: 'fail-node' },
});
const plan: Plan = {
  phases: [{ name: 'a', title: 'A' }],
  controlPlane: 'n1',
  nodes: ['n1', 'n2'],
  steps: [step('n1'), step('n2')],
};

/** A runner whose node n2 answers only while it is reachable. */
function bench(runs = new Map<string, RunEvent[]>()) {
  let finished = Promise.withResolvers<void>();
  const world = {
    isReachable: false,
    async ended(): Promise<void> {
      await finished.promise;
      finished = Promise.withResolvers();
    },
  };
  const runner = new Runner(
    {
      async append(runId, events) {
        runs.set(runId, [...(runs.get(runId) ?? []), ...events]);
        if (events.some((event) => event.type === 'run.finished')) setImmediate(finished.resolve);
      },
      async *read(runId) {
        for (const [index, event] of (runs.get(runId) ?? []).entries()) yield { sequence: index + 1, event };
      },
      listRuns: async () => [...runs.keys()],
    },
    {
      async sendCommand(node, command, { signal }): Promise<CommandReply> {
        if (command.type !== 'step.run') throw new Error(`not expected: ${command.type}`);
        if (node === 'n2' && !world.isReachable)
          return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        const { attemptId, runId, stepId } = command;
        const at = new Date().toISOString();
        const tasks = command.tasks.map(({ id, action }) => ({
          id,
          action,
          status: 'changed' as const,
          durationMs: 1,
        }));
        const result = { attemptId, runId, stepId, outcome: 'ok' as const, tasks, outputs: {} };
        return { type: 'finished', attemptId, result: { ...result, startedAt: at, finishedAt: at } };
      },
      runLocally: () => Promise.reject(new Error('the coordinator has no step')),
      log: pino({ level: 'silent' }),
      onBroken: () => undefined,
    },
  );
  return { runner, world };
}

test('a retry hears which nodes came back while the run was over', async () => {
  const { runner, world } = bench();
  const at = new Date().toISOString();
  const order = { plan, mode: 'apply' as const, inputHash: 'hash', giveUpAfterMs: 10 };
  const { runId } = await runner.start({ ...order, unreachable: [{ node: 'n2', lastSeen: at }] }, { supersede: false });
  await world.ended();
  expect((await runner.view(runId)).nodes).toMatchObject([{ status: 'ok' }, { name: 'n2', status: 'failed' }]);

  world.isReachable = true;
  runner.nodeChanged({ type: 'node.reachable', at: new Date().toISOString(), node: 'n2' });
  await runner.retry(runId, [], plan.nodes);
  await world.ended();
  const { status, steps } = await runner.view(runId);
  expect(status).toBe('ready');
  expect(steps.map(({ attempts }) => attempts)).toEqual([1, 2]);
});

test('a retry of a node that is still away gives it its time, then gives it up', async () => {
  const { runner, world } = bench();
  const at = new Date().toISOString();
  const order = { plan, mode: 'apply' as const, inputHash: 'hash', giveUpAfterMs: 10 };
  const { runId } = await runner.start({ ...order, unreachable: [{ node: 'n2', lastSeen: at }] }, { supersede: false });
  await world.ended();
  runner.nodeChanged({ type: 'node.unreachable', at, node: 'n2', lastSeen: at });
  await runner.retry(runId, [], plan.nodes);
  await world.ended();
  expect((await runner.view(runId)).status).toBe('failed');
});

test('a retry does without nodes that the operator removed while the run was over', async () => {
  const { runner, world } = bench();
  const at = new Date().toISOString();
  const order = { plan, mode: 'apply' as const, inputHash: 'hash', giveUpAfterMs: 10 };
  const { runId } = await runner.start({ ...order, unreachable: [{ node: 'n2', lastSeen: at }] }, { supersede: false });
  await world.ended();
  await runner.retry(runId, [], ['n1']);
  await world.ended();
  const { status, nodes } = await runner.view(runId);
  expect(nodes).toMatchObject([{ status: 'ok' }, { name: 'n2', status: 'removed' }]);
  expect(status).toBe('ready');
});

test('a run that is under way is not superseded: somebody may be following it', async () => {
  const { runner } = bench();
  const order = { plan, mode: 'apply' as const, giveUpAfterMs: 60_000, unreachable: [] };
  const first = await runner.start({ ...order, inputHash: 'one' }, { supersede: true });
  await expect(runner.start({ ...order, inputHash: 'other' }, { supersede: true })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(first.runId),
  });
  expect(await runner.start({ ...order, inputHash: 'one' }, { supersede: true })).toEqual({ ...first, resumed: true });
});

test('a run that an earlier process left behind is superseded by one of another input', async () => {
  const runs = new Map<string, RunEvent[]>();
  const order = { plan, mode: 'apply' as const, giveUpAfterMs: 60_000, unreachable: [] };
  const before = bench(runs).runner;
  const first = await before.start({ ...order, inputHash: 'one' }, { supersede: true });
  before.halt();
  const { runner } = bench(runs);
  await runner.load({ resume: false });
  const second = await runner.start({ ...order, inputHash: 'other' }, { supersede: true });
  expect(second).toMatchObject({ resumed: false });
  expect(runs.get(first.runId)?.map(({ type }) => type)).toContain('run.cancelled');
});

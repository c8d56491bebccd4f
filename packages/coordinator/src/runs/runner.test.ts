import { type CommandReply, type Plan, type RunEvent, type Step, VhiveError } from '@vhive/shared';
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

/** A runner whose node n2 answers only while it is reachable, and which may be unable to read one of its runs. */
function bench(
  runs = new Map<string, RunEvent[]>(),
  { unreadable, code = 'internal' }: { unreadable?: string; code?: 'internal' | 'unreachable' } = {},
) {
  const said: Record<string, unknown>[] = [];
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
        if (runId === unreadable) throw new VhiveError({ code, message: `run ${runId} cannot be read` });
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
      log: pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line)) }),
      onBroken: () => undefined,
    },
  );
  return { runner, world, said };
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

test('a run that cannot be read is put aside and named; the coordinator starts, and begins a new one', async () => {
  const runs = new Map<string, RunEvent[]>();
  const order = { plan, mode: 'apply' as const, inputHash: 'one', giveUpAfterMs: 60_000, unreachable: [] };
  const first = await bench(runs).runner.start(order, { supersede: true });
  const broken = 'run-20990101t000000000-ffffff';
  runs.set(broken, [...(runs.get(first.runId) ?? [])]);
  const { runner, said } = bench(runs, { unreadable: broken });
  await runner.load({ resume: true });
  expect(runner.current).toBeUndefined();
  expect(said.filter(({ level }) => level === 50)).toMatchObject([{ runId: broken, hint: expect.any(String) }]);
  expect((await runner.views()).map(({ runId }) => runId)).toEqual([first.runId]);
  await expect(runner.view(broken)).rejects.toMatchObject({ code: 'internal' });
  expect(await runner.start(order, { supersede: true })).toMatchObject({ resumed: false });
});

test('a run that cannot be read because the server is away is not put aside', async () => {
  const runs = new Map<string, RunEvent[]>();
  const order = { plan, mode: 'apply' as const, inputHash: 'one', giveUpAfterMs: 60_000, unreachable: [] };
  const { runId } = await bench(runs).runner.start(order, { supersede: true });
  const { runner } = bench(runs, { unreadable: runId, code: 'unreachable' });
  await expect(runner.load({ resume: true })).rejects.toMatchObject({ code: 'unreachable' });
});

test('a run whose limits no clock can hold is begun, replayed and shown', async () => {
  const runs = new Map<string, RunEvent[]>();
  const giveUpAfterMs = 1_000_000_000_000_000_000;
  const at = new Date().toISOString();
  const unreachable = [{ node: 'n2', lastSeen: at }];
  const order = {
    plan,
    mode: 'apply' as const,
    inputHash: 'one',
    giveUpAfterMs,
    timeoutMs: giveUpAfterMs,
    unreachable,
  };
  const { runId } = await bench(runs).runner.start(order, { supersede: true });
  const { runner } = bench(runs);
  await runner.load({ resume: true });
  expect(runner.current?.view()).toMatchObject({ runId, status: 'running' });
});

import { attemptIdOf } from '@vhive/core/scheduler/index';
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

/**
 * A runner whose node n2 answers only while it is reachable, and which may be unable to read one of its runs; and what
 * another process makes of the same stored runs.
 */
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
  const restarted = () =>
    new Runner(
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
          if (command.type === 'step.cancel')
            return { type: 'accepted', attemptId: command.attemptId, status: 'unknown' };
          if (command.type !== 'step.run') throw new Error(`not expected: ${command.type}`);
          if (node === 'n2' && !world.isReachable)
            return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
          const { attemptId, runId, stepId } = command;
          const at = new Date().toISOString();
          const tasks = command.tasks.map(({ id, action }) => ({
            id,
            action,
            status: command.mode === 'apply' ? ('changed' as const) : ('unchanged' as const),
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
  return { runner: restarted(), restarted, world, runs, said };
}

test('a retry hears which nodes came back while the run was over', async () => {
  const { runner, world } = bench();
  const at = new Date().toISOString();
  const order = { plan, mode: 'apply' as const, inputHash: 'hash', giveUpAfterMs: 10 };
  const { runId } = await runner.start({ ...order, unreachable: [{ node: 'n2', lastSeen: at }] });
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
  const { runId } = await runner.start({ ...order, unreachable: [{ node: 'n2', lastSeen: at }] });
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
  const { runId } = await runner.start({ ...order, unreachable: [{ node: 'n2', lastSeen: at }] });
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
  const first = await runner.start({ ...order, inputHash: 'one' });
  await expect(runner.start({ ...order, inputHash: 'other' })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(first.runId),
  });
  expect(await runner.start({ ...order, inputHash: 'one' })).toMatchObject({ ...first, resumed: true });
});

test('a run that an earlier process left behind is superseded by one of another input', async () => {
  const runs = new Map<string, RunEvent[]>();
  const order = { plan, mode: 'apply' as const, giveUpAfterMs: 60_000, unreachable: [] };
  const before = bench(runs).runner;
  const first = await before.start({ ...order, inputHash: 'one' });
  before.halt();
  const { runner } = bench(runs);
  await runner.load({ resume: false });
  const second = await runner.start({ ...order, inputHash: 'other' });
  expect(second).toMatchObject({ resumed: false });
  expect(runs.get(first.runId)?.map(({ type }) => type)).toContain('run.cancelled');
});

test('a run that cannot be read is put aside and named; the coordinator starts, and begins a new one', async () => {
  const runs = new Map<string, RunEvent[]>();
  const order = { plan, mode: 'apply' as const, inputHash: 'one', giveUpAfterMs: 60_000, unreachable: [] };
  const first = await bench(runs).runner.start(order);
  const broken = 'run-20990101t000000000-ffffff';
  runs.set(broken, [...(runs.get(first.runId) ?? [])]);
  const { runner, said } = bench(runs, { unreadable: broken });
  await runner.load({ resume: true });
  expect(runner.newest).toBeUndefined();
  expect(said.filter(({ level }) => level === 50)).toMatchObject([{ runId: broken, hint: expect.any(String) }]);
  expect((await runner.views()).map(({ runId }) => runId)).toEqual([first.runId]);
  await expect(runner.view(broken)).rejects.toMatchObject({ code: 'internal' });
  expect(await runner.start(order)).toMatchObject({ resumed: false });
});

test('a run that cannot be read because the server is away is not put aside', async () => {
  const runs = new Map<string, RunEvent[]>();
  const order = { plan, mode: 'apply' as const, inputHash: 'one', giveUpAfterMs: 60_000, unreachable: [] };
  const { runId } = await bench(runs).runner.start(order);
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
  const { runId } = await bench(runs).runner.start(order);
  const { runner } = bench(runs);
  await runner.load({ resume: true });
  expect(runner.shown()).toMatchObject({ runId, status: 'running' });
});

const asked = { plan, mode: 'apply' as const, inputHash: 'hash', giveUpAfterMs: 60_000, unreachable: [] };

test('a dry run takes the place of no real run: that one is still shown and retried', async () => {
  const { runner, world } = bench();
  world.isReachable = true;
  const real = await runner.start(asked);
  await world.ended();
  const dry = await runner.start({ ...asked, mode: 'check' });
  await world.ended();
  expect(runner.newest?.runId).toBe(real.runId);
  expect((await runner.view(dry.runId)).mode).toBe('check');
  await expect(runner.retry(dry.runId, [], plan.nodes)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('dry run'),
  });
  expect((await runner.retry(real.runId, [], plan.nodes)).status).toBe('ready');
});

test('after a restart too, the newest real run is the one that counts, however many dry runs came after it', async () => {
  const { runner, world, restarted } = bench();
  world.isReachable = true;
  const { runId } = await runner.start(asked);
  await world.ended();
  for (let count = 0; count < 3; count += 1) {
    await runner.start({ ...asked, mode: 'check' });
    await world.ended();
  }
  const next = restarted();
  await next.load({ resume: false });
  expect(next.newest?.runId).toBe(runId);
});

test('a dry run leaves a run that stands still as it is, and that one can be resumed afterwards', async () => {
  const { runner, world, restarted } = bench();
  const { runId } = await runner.start(asked);
  runner.halt();
  const next = restarted();
  await next.load({ resume: false });
  expect(next.shown()).toMatchObject({ runId, status: 'running', standing: true });
  // Nothing goes on because somebody looks: not even when a node is heard of.
  world.isReachable = true;
  next.nodeChanged({ type: 'node.reachable', at: new Date().toISOString(), node: 'n2' });
  await next.start({ ...asked, mode: 'check' });
  await world.ended();
  expect(next.shown()).toMatchObject({ runId, standing: true });
  const resumed = await next.start({ ...asked, timeoutMs: 3_600_000 });
  expect(resumed).toMatchObject({ runId, resumed: true });
  await world.ended();
  expect(next.shown()).toMatchObject({ runId, status: 'ready' });
});

test('the time limit of a resumed run counts from when it goes on', async () => {
  const { runner, world, restarted, runs } = bench();
  const { runId } = await runner.start({ ...asked, timeoutMs: 60_000 });
  runner.halt();
  // As if it had stood still for years.
  for (const event of runs.get(runId) ?? []) event.at = '2020-01-01T00:00:00.000Z';
  const next = restarted();
  await next.load({ resume: false });
  world.isReachable = true;
  await next.start({ ...asked, timeoutMs: 90_000 });
  await world.ended();
  expect(next.shown()?.status).toBe('ready');
  expect(runs.get(runId)?.find(({ type }) => type === 'run.resumed')).toMatchObject({ timeoutMs: 90_000 });
});

test('while a run is under way, one of other input is refused, and so is a dry run', async () => {
  const { runner } = bench();
  const { runId } = await runner.start(asked);
  for (const other of [
    { ...asked, inputHash: 'other' },
    { ...asked, mode: 'check' as const },
  ])
    await expect(runner.start(other)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(runId),
      hint: expect.stringContaining(`vhive-coord runs cancel ${runId}`),
    });
  runner.halt();
});

test('a run that stands still can be cancelled, and its end is stored', async () => {
  const { runner, world, restarted } = bench();
  const { runId } = await runner.start(asked);
  runner.halt();
  const next = restarted();
  await next.load({ resume: false });
  world.isReachable = true;
  await next.cancel(runId, 'the operator cancelled the run');
  await world.ended();
  expect(await next.view(runId)).toMatchObject({ status: 'cancelled' });
  const third = restarted();
  await third.load({ resume: false });
  expect(third.shown()).toMatchObject({ runId, status: 'cancelled' });
});

test('a run whose place another one took shows as cancelled, not as under way', async () => {
  const { runner, world, restarted } = bench();
  const { runId } = await runner.start(asked);
  runner.halt();
  const next = restarted();
  await next.load({ resume: false });
  world.isReachable = true;
  await next.start({ ...asked, inputHash: 'other' });
  expect(await next.view(runId)).toMatchObject({ status: 'cancelled' });
  next.halt();
});

test('a run that ended before this process began is under way again when it is retried', async () => {
  const { runner, world, restarted } = bench();
  const at = new Date().toISOString();
  const order = { ...asked, giveUpAfterMs: 10, unreachable: [{ node: 'n2', lastSeen: at }] };
  const { runId } = await runner.start(order);
  await world.ended();
  const next = restarted();
  await next.load({ resume: false });
  expect(next.shown()?.status).toBe('failed');
  next.nodeChanged({ type: 'node.reachable', at, node: 'n2' });
  await next.retry(runId, [], plan.nodes);
  const { status, standing } = next.shown() ?? {};
  expect({ status, standing }).toEqual({ status: 'running', standing: undefined });
  // What a node reports of the attempt that it was asked for now counts.
  const stepId = 'a/n2';
  const attemptId = attemptIdOf(runId, stepId, 2);
  const tasks = [{ id: 'nothing', action: 'no-op', status: 'changed' as const, durationMs: 1 }];
  const result = { attemptId, runId, stepId, outcome: 'ok' as const, tasks, outputs: {} };
  const event = { type: 'attempt.finished' as const, result: { ...result, startedAt: at, finishedAt: at } };
  expect(await next.agentEvent('n2', event)).toBe('stored');
});

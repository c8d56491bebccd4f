import type { CommandReply, Plan, RunEvent } from '@vhive/shared';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Runner } from './runner.ts';

const sha256 = 'a'.repeat(64);
const task = { id: 'file', title: 'the results are published', action: 'artifact.publish', params: {} };
const plan: Plan = {
  phases: [{ name: 'a', title: 'A' }],
  controlPlane: 'n1',
  nodes: ['n1'],
  steps: [
    {
      ...{ id: 'a/n1', phase: 'a', executor: 'n1', node: 'n1', title: 'a', needs: [], after: [], tasks: [task] },
      policy: { timeLimitMs: 60_000, retries: 0, backoffMs: 0, onFailure: 'fail-node' },
    },
  ],
};
const order = { plan, mode: 'apply' as const, giveUpAfterMs: 60_000, unreachable: [] };

/** A runner on stored runs whose node ends its steps when it is let. */
function bench(runs = new Map<string, RunEvent[]>()) {
  const may = Promise.withResolvers<void>();
  let ended = Promise.withResolvers<void>();
  const runner = new Runner(
    {
      async append(runId, events) {
        runs.set(runId, [...(runs.get(runId) ?? []), ...events]);
        if (events.some(({ type }) => type === 'run.finished')) setImmediate(() => ended.resolve());
      },
      async *read(runId) {
        for (const [index, event] of (runs.get(runId) ?? []).entries()) yield { sequence: index + 1, event };
      },
      listRuns: async () => [...runs.keys()],
    },
    {
      async sendCommand(_node, command): Promise<CommandReply> {
        if (command.type !== 'step.run') throw new Error(`not expected: ${command.type}`);
        await may.promise;
        const { attemptId, runId, stepId } = command;
        const at = new Date().toISOString();
        const tasks = [{ id: task.id, action: task.action, status: 'changed' as const, durationMs: 1 }];
        const outputs = { file: { artifact: { name: 'calls', sha256, bytes: 3 } } };
        const result = { attemptId, runId, stepId, outcome: 'ok' as const, tasks, outputs };
        return { type: 'finished', attemptId, result: { ...result, startedAt: at, finishedAt: at } };
      },
      runLocally: () => Promise.reject(new Error('the coordinator has no step')),
      log: pino({ level: 'silent' }),
      onBroken: () => undefined,
    },
  );
  return {
    runner,
    runs,
    finish: may.resolve,
    async ended() {
      await ended.promise;
      ended = Promise.withResolvers();
    },
  };
}

it('a job keeps others waiting, by name, and takes no place of the newest run', async () => {
  const { runner, finish, ended } = bench();
  const { runId } = await runner.start({ ...order, inputHash: 'job', job: 'load from n1' });
  expect(runner.newest).toBeUndefined();
  await expect(runner.start({ ...order, inputHash: 'up' })).rejects.toMatchObject({
    code: 'refused',
    message: `job ${runId} is under way: load from n1`,
  });
  expect(runner.isPublishing('n1')).toBe(true);
  finish();
  await ended();
  expect(await runner.view(runId)).toMatchObject({ status: 'ready', job: 'load from n1' });
  expect((await runner.find(runId)).publishedFiles).toEqual(new Set([sha256]));
  expect(runner.newest).toBeUndefined();
});

it('a job of the same input is done again, and none is retried', async () => {
  const { runner, finish, ended } = bench();
  const real = await runner.start({ ...order, inputHash: 'up' });
  finish();
  await ended();
  const job = { ...order, inputHash: 'job', job: 'load from n1' };
  const first = await runner.start(job);
  await ended();
  const again = await runner.start(job);
  expect(again).toEqual({ runId: expect.not.stringContaining(first.runId), resumed: false });
  expect(runner.newest?.runId).toBe(real.runId);
  await expect(runner.retry(first.runId, [], ['n1'])).rejects.toThrow('it is a job, which is done anew');
});

it('a job that was left behind does not go on by itself, and a run left behind before it does', async () => {
  const { runner, runs } = bench();
  const up = await runner.start({ ...order, inputHash: 'up' });
  runner.halt();
  const later = bench(runs);
  await later.runner.load({ resume: false });
  const job = await later.runner.start({ ...order, inputHash: 'job', job: 'load from n1' });
  later.runner.halt();
  const last = bench(runs);
  await last.runner.load({ resume: true });
  expect(last.runner.newest?.runId).toBe(up.runId);
  expect((await last.runner.view(job.runId)).standing).toBe(true);
  last.finish();
  await last.ended();
  expect(await last.runner.view(up.runId)).toMatchObject({ status: 'ready' });
});

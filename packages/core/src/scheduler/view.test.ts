import { describe, expect, it } from 'vitest';
import { examplePlan, exampleStep, TestRun } from './test-run.fixture.ts';
import { isoOf } from './time.ts';

const policy = { timeLimitMs: 60_000, retries: 2, backoffMs: 10_000, onFailure: 'fail-node' as const };
const begun = (fields = {}) => {
  const steps = [exampleStep('a/n1', 'n1', { policy }), exampleStep('b/n1', 'n1', { needs: ['a/n1'] })];
  const run = new TestRun(examplePlan(steps), fields);
  run.dispatch();
  return run;
};
const stepOf = (run: TestRun, id: string) => run.view.steps.find((step) => step.id === id);
/** How long an attempt took by its executor's clock, which differs from ours. */
const took = (ms: number) => ({ startedAt: isoOf(5_000), finishedAt: isoOf(5_000 + ms) });

describe('the view of a run', () => {
  it('tells when attempts were at work, without the pauses between them', () => {
    const run = begun();
    const [first, second] = [run.now, run.now + 60_000];
    run.now += 3_000;
    run.finish('a/n1', 'failed', { failure: { code: 'x', message: 'boom' }, ...took(3_000) });
    run.now = second - 1;
    run.pass(1);
    run.dispatch();
    run.now += 2_000;
    run.finish('a/n1', 'ok', took(2_000));
    expect(stepOf(run, 'a/n1')?.spans).toEqual([
      { startedAt: isoOf(first), finishedAt: isoOf(first + 3_000) },
      { startedAt: isoOf(second), finishedAt: isoOf(second + 2_000) },
    ]);
  });

  it('does not count the hours for which a result lay with the agent while the coordinator was away', () => {
    const run = begun();
    const start = run.now;
    run.now += 7_200_000;
    run.finish('a/n1', 'ok', took(4_000));
    expect(stepOf(run, 'a/n1')?.spans).toEqual([{ startedAt: isoOf(start), finishedAt: isoOf(start + 4_000) }]);
  });

  it('never lets an attempt end before it began or after its result came, whatever the clock of its host did', () => {
    const run = begun();
    const start = run.now;
    run.now += 1_000;
    run.finish('a/n1', 'failed', { ...took(-9_000), failure: { code: 'x', message: 'boom' } });
    run.now += 100_000;
    run.pass(0);
    run.dispatch();
    const again = run.now;
    run.now += 1_000;
    run.finish('a/n1', 'ok', took(99_000));
    expect(stepOf(run, 'a/n1')?.spans).toEqual([
      { startedAt: isoOf(start), finishedAt: isoOf(start) },
      { startedAt: isoOf(again), finishedAt: isoOf(again + 1_000) },
    ]);
  });

  it('counts an attempt that was given up until then', () => {
    const run = begun({ giveUpAfterMs: 20_000 });
    const start = run.now;
    run.add({ type: 'node.unreachable', at: run.at, node: 'n1', lastSeen: run.at });
    run.pass(20_000);
    expect(stepOf(run, 'a/n1')?.spans).toEqual([{ startedAt: isoOf(start), finishedAt: isoOf(start + 20_000) }]);
  });

  it('tells since when and until when a step runs, and what a pending one waits for', () => {
    const run = begun();
    expect(stepOf(run, 'a/n1')).toMatchObject({
      attemptStartedAt: isoOf(run.now),
      attemptEndsBy: isoOf(run.now + 60_000),
    });
    expect(stepOf(run, 'b/n1')?.waitsFor).toEqual(['a/n1']);
  });

  it('tells when a step is tried again, and how many attempts it still has', () => {
    const run = begun();
    run.finish('a/n1', 'failed', { failure: { code: 'x', message: 'boom' } });
    const step = stepOf(run, 'a/n1');
    expect(step).toMatchObject({ status: 'waiting', attemptsLeft: 2 });
    expect(Date.parse(step?.nextAttemptAt ?? '')).toBeGreaterThan(run.now);
    expect(step?.attemptStartedAt).toBeUndefined();
  });

  it('keeps the failure of a step that is not tried again because its node failed elsewhere', () => {
    const fails = { failure: { code: 'x', message: 'boom' } };
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1', { policy }), exampleStep('c/n1', 'n1')]));
    run.dispatch();
    run.finish('a/n1', 'failed', fails);
    run.finish('c/n1', 'failed', { failure: { code: 'x', message: 'crash' } });
    expect(stepOf(run, 'a/n1')).toMatchObject({ status: 'failed', ...fails });
  });

  it('says the time limit as it was asked for, though some of it had passed before the run began', () => {
    const run = begun({ timeoutMs: 5_000, spentMs: 3_000 });
    run.pass(5_000);
    expect(stepOf(run, 'b/n1')?.failure?.message).toBe(
      'not run, because the run was stopped: the time limit of 8 s passed',
    );
  });
});

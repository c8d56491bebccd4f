import { COORDINATOR } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { MAX_INTERRUPTIONS } from './attempt-events.ts';
import { MAX_BACKOFF_MS } from './backoff.ts';
import { apply, initialState, isLive, replay, resume } from './index.ts';
import { examplePlan, exampleResult, exampleStep, TestRun } from './test-run.fixture.ts';
import { isoOf } from './time.ts';
import { CANCEL_GRACE_MS } from './transition.ts';

const failure = { code: 'step-failed', message: 'boom' };

describe('order', () => {
  it('starts what needs nothing, then what needed it', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a/n1', 'n1'),
        exampleStep('b/n1', 'n1', { needs: ['a/n1'] }),
        exampleStep('a/n2', 'n2'),
      ]),
    );
    expect(run.dispatch()).toEqual(['a/n1', 'a/n2']);
    run.finish('a/n1');
    expect(run.dispatch()).toEqual(['b/n1']);
    run.finish('b/n1');
    run.finish('a/n2');
    expect(run.conclude()).toBe('ready');
    expect(run.view.status).toBe('ready');
  });

  it('passes milestones by itself', () => {
    const milestone = exampleStep('m/all', COORDINATOR, { tasks: [], needs: ['a/n1'] });
    const run = new TestRun(
      examplePlan([exampleStep('a/n1', 'n1'), milestone, exampleStep('b/n1', 'n1', { needs: ['m/all'] })]),
    );
    expect(run.dispatch()).toEqual(['a/n1']);
    run.finish('a/n1');
    expect(run.dispatch()).toEqual(['b/n1']);
    expect(run.statuses['m/all']).toBe('done');
  });

  it.each(['needs', 'after'] as const)('refuses a plan with a step in whose %s is none of the plan', (field) => {
    const plan = examplePlan([exampleStep('a/n1', 'n1', { [field]: ['absent/n1'] })]);
    expect(() => new TestRun(plan)).toThrow('a/n1 waits for absent/n1, which is not in the plan');
  });

  it('ends an empty plan at once', () => {
    expect(new TestRun(examplePlan([], ['n1'])).conclude()).toBe('ready');
  });

  it('keeps to the limit of a group, first come first served', () => {
    const group = { name: 'join', limit: 2 };
    const run = new TestRun(
      examplePlan(['n1', 'n2', 'n3', 'n4'].map((node) => exampleStep(`j/${node}`, node, { group }))),
    );
    expect(run.dispatch()).toEqual(['j/n1', 'j/n2']);
    run.finish('j/n2');
    expect(run.dispatch()).toEqual(['j/n3']);
    run.finish('j/n1', 'failed', { failure });
    expect(run.dispatch()).toEqual(['j/n4']);
  });

  it('awaits ended steps, done or not', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a/n1', 'n1'),
        exampleStep('a/n2', 'n2'),
        exampleStep('z/n1', 'n1', { after: ['a/n1', 'a/n2'] }),
      ]),
    );
    run.dispatch();
    run.finish('a/n2', 'failed', { failure });
    expect(run.dispatch()).toEqual([]);
    run.finish('a/n1');
    expect(run.dispatch()).toEqual(['z/n1']);
  });
});

describe('failures', () => {
  it('retries after a doubling pause, then gives the step up', () => {
    const policy = { timeLimitMs: 1, retries: 2, backoffMs: 1_000, onFailure: 'fail-node' as const };
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1', { policy })]));
    run.dispatch();
    run.finish('a/n1', 'failed', { failure });
    expect(run.statuses).toEqual({ 'a/n1': 'waiting' });
    expect(run.take('wake')).toEqual([{ type: 'wake', at: isoOf(run.now + 500) }]);
    run.pass(499);
    expect(run.dispatch()).toEqual([]);
    expect(run.take('wake')).toHaveLength(1);
    run.pass(1);
    expect(run.dispatchAll()).toMatchObject([{ attemptId: 'run-test.a_n1.2', number: 2 }]);
    run.finish('a/n1', 'timed-out');
    expect(run.take('wake')).toEqual([{ type: 'wake', at: isoOf(run.now + 1_000) }]);
    run.pass(1_000);
    run.dispatch();
    run.finish('a/n1', 'failed', { failure });
    expect(run.conclude()).toBe('failed');
    expect(run.view.nodes).toMatchObject([{ name: 'n1', status: 'failed', failure: { message: 'a/n1: boom' } }]);
  });

  it('never pauses longer than a minute', () => {
    const policy = { timeLimitMs: 1, retries: 30, backoffMs: 10_000, onFailure: 'fail-node' as const };
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1', { policy })]));
    for (let attempt = 0; attempt < 20; attempt += 1) {
      run.dispatch();
      run.finish('a/n1', 'failed', { failure });
      run.pass(MAX_BACKOFF_MS);
    }
    expect(run.dispatch()).toEqual(['a/n1']);
  });

  it('does not retry what is permanent', () => {
    const policy = { timeLimitMs: 1, retries: 5, backoffMs: 1, onFailure: 'fail-node' as const };
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1', { policy })]));
    run.dispatch();
    run.finish('a/n1', 'failed', { failure: { ...failure, permanent: true } });
    expect(run.conclude()).toBe('failed');
  });

  it('tries interrupted attempts again at once, not counting them, but not for ever', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]));
    for (let count = 0; count < MAX_INTERRUPTIONS; count += 1) {
      expect(run.dispatch()).toEqual(['a/n1']);
      run.finish('a/n1', count % 2 === 0 ? 'interrupted' : 'cancelled');
    }
    expect(run.dispatch()).toEqual(['a/n1']);
    run.finish('a/n1', 'interrupted');
    expect(run.conclude()).toBe('failed');
    expect(run.stepState('a/n1').failure?.message).toMatch(/interrupted 21 times/);
  });

  it('skips what is left of a failed node with the first cause, and leaves the others alone', () => {
    const steps = ['n1', 'n2'].flatMap((node) => [
      exampleStep(`a/${node}`, node),
      exampleStep(`b/${node}`, node, { needs: [`a/${node}`] }),
      exampleStep(`c/${node}`, node, { needs: [`b/${node}`] }),
    ]);
    const run = new TestRun(examplePlan(steps));
    run.dispatch();
    run.finish('a/n2', 'failed', { failure: { ...failure, hint: 'look there' } });
    expect(run.statuses).toMatchObject({ 'a/n2': 'failed', 'b/n2': 'skipped', 'c/n2': 'skipped' });
    expect(run.stepState('c/n2').failure).toEqual({
      code: 'not-run',
      message: 'not run, because of a/n2: boom',
      hint: 'look there',
    });
    for (const id of ['a/n1', 'b/n1', 'c/n1']) {
      run.finish(id);
      run.dispatch();
    }
    expect(run.conclude()).toBe('failed');
    expect(run.view.nodes.map(({ status }) => status)).toEqual(['ok', 'failed']);
  });

  it('lays the failure of a step done for a worker on the worker', () => {
    const run = new TestRun(
      examplePlan(
        [
          exampleStep('token/n2', 'n2', { executor: 'n1' }),
          exampleStep('a/n1', 'n1'),
          exampleStep('b/n1', 'n1', { needs: ['a/n1'] }),
        ],
        ['n1', 'n2'],
      ),
    );
    run.dispatch();
    run.finish('token/n2', 'failed', { failure });
    run.finish('a/n1');
    expect(run.dispatch()).toEqual(['b/n1']);
    expect(run.view.nodes.map(({ status }) => status)).toEqual(['ok', 'failed']);
  });

  it('fails only what needs a failed download', () => {
    const steps = [
      exampleStep('get/x', COORDINATOR),
      exampleStep('get/y', COORDINATOR),
      exampleStep('a/n1', 'n1', { needs: ['get/x'] }),
      exampleStep('a/n2', 'n2', { needs: ['get/y'] }),
    ];
    const run = new TestRun(examplePlan(steps));
    run.dispatch();
    run.finish('get/x', 'failed', { failure });
    run.finish('get/y');
    expect(run.dispatch()).toEqual(['a/n2']);
    expect(run.view.nodes).toMatchObject([
      { status: 'failed', failure: { message: 'not run, because of get/x: boom' } },
      { status: 'ok' },
    ]);
  });

  it('starts nothing new when the run has failed, and lets go of downloads', () => {
    const policy = { timeLimitMs: 1, retries: 0, backoffMs: 1, onFailure: 'fail-run' as const };
    const steps = [
      exampleStep('p/n1', 'n1', { policy, phase: 'preflight' }),
      exampleStep('p/n2', 'n2', { policy, phase: 'preflight' }),
      exampleStep('get/x', COORDINATOR),
      exampleStep('a/n1', 'n1', { needs: ['p/n1'] }),
    ];
    const run = new TestRun(examplePlan(steps));
    run.dispatch();
    run.finish('p/n2', 'failed', { failure: { ...failure, permanent: true } });
    expect(run.take('cancel')).toMatchObject([{ executor: COORDINATOR }]);
    run.finish('get/x', 'cancelled');
    expect(run.conclude()).toBeUndefined();
    run.finish('p/n1');
    expect(run.dispatch()).toEqual([]);
    expect(run.statuses).toEqual({ 'p/n1': 'done', 'p/n2': 'failed', 'get/x': 'skipped', 'a/n1': 'skipped' });
    // What was only stopped because of that is no failure.
    expect(run.stepState('get/x').failure?.message).toMatch(/^stopped, because .*boom/);
    expect(run.conclude()).toBe('refused');
  });

  it('ends what is under way, too, where a step asks for that', () => {
    const policy = { timeLimitMs: 1, retries: 0, backoffMs: 1, onFailure: 'cancel-run' as const };
    const steps = ['n1', 'n2'].map((node) => exampleStep(`load/${node}`, node, { policy }));
    const run = new TestRun(examplePlan(steps));
    run.dispatch();
    run.finish('load/n2', 'failed', { failure });
    expect(run.take('cancel')).toMatchObject([{ executor: 'n1' }]);
    run.finish('load/n1', 'cancelled');
    expect(run.conclude()).toBe('failed');
    expect(run.view.nodes).toMatchObject([
      { status: 'ok' },
      { status: 'failed', failure: { message: expect.stringContaining('boom') } },
    ]);
  });
});

describe('outputs that do not keep', () => {
  const policy = { timeLimitMs: 1, retries: 1, backoffMs: 1_000, onFailure: 'fail-node' as const };
  const steps = () => [
    exampleStep('token/n1', 'n1', { volatile: true }),
    exampleStep('join/n1', 'n1', { needs: ['token/n1'], policy }),
    exampleStep('end/n1', 'n1', { needs: ['join/n1', 'token/n1'] }),
  ];

  it('are made again before another attempt', () => {
    const run = new TestRun(examplePlan(steps()));
    run.dispatch();
    run.finish('token/n1');
    expect(run.dispatch()).toEqual(['join/n1']);
    run.finish('join/n1', 'failed', { failure });
    run.pass(1_000);
    expect(run.dispatch()).toEqual(['token/n1']);
    run.finish('token/n1');
    expect(run.dispatch()).toEqual(['join/n1']);
    run.finish('join/n1');
    expect(run.dispatch()).toEqual(['end/n1']);
    run.finish('end/n1');
    expect(run.conclude()).toBe('ready');
  });

  it('are made again when the operator retries', () => {
    const run = new TestRun(examplePlan(steps()));
    run.dispatch();
    run.finish('token/n1');
    run.dispatch();
    run.finish('join/n1', 'failed', { failure: { ...failure, permanent: true } });
    expect(run.conclude()).toBe('failed');
    run.add({ type: 'run.retried', at: run.at, nodes: [] });
    expect(run.view.status).toBe('running');
    expect(run.dispatch()).toEqual(['token/n1']);
    run.finish('token/n1');
    expect(run.dispatch()).toEqual(['join/n1']);
  });
});

describe('nodes out of reach', () => {
  const unreachable = (run: TestRun, node: string) =>
    run.add({ type: 'node.unreachable', at: run.at, node, lastSeen: isoOf(run.now - 15_000) });

  it('are sent nothing new, and go on when they are back', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1'), exampleStep('b/n1', 'n1', { needs: ['a/n1'] })]));
    run.dispatch();
    unreachable(run, 'n1');
    expect(run.view.nodes).toMatchObject([{ status: 'unreachable' }]);
    run.finish('a/n1');
    expect(run.dispatch()).toEqual([]);
    run.add({ type: 'node.reachable', at: run.at, node: 'n1' });
    expect(run.dispatch()).toEqual(['b/n1']);
    run.finish('b/n1');
    expect(run.conclude()).toBe('ready');
  });

  it('do not hold a place in a group', () => {
    const group = { name: 'join', limit: 1 };
    const run = new TestRun(
      examplePlan([
        exampleStep('first/n1', 'n1', { group }),
        exampleStep('j/n2', 'n2', { group }),
        exampleStep('j/n3', 'n3', { group }),
      ]),
    );
    expect(run.dispatch()).toEqual(['first/n1']);
    unreachable(run, 'n2');
    run.finish('first/n1');
    expect(run.dispatch()).toEqual(['j/n3']);
    run.finish('j/n3');
    run.add({ type: 'node.reachable', at: run.at, node: 'n2' });
    expect(run.dispatch()).toEqual(['j/n2']);
  });

  it('are given up after a while, saying since when; a result that comes later changes nothing', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a/n1', 'n1'),
        exampleStep('a/n2', 'n2'),
        exampleStep('b/n2', 'n2', { needs: ['a/n2'] }),
      ]),
      {
        giveUpAfterMs: 60_000,
      },
    );
    run.dispatch();
    run.finish('a/n1');
    unreachable(run, 'n2');
    expect(run.take('wake')).toEqual([{ type: 'wake', at: isoOf(run.now + 45_000) }]);
    run.pass(45_000);
    expect(run.stepState('a/n2').failure?.message).toBe(
      `n2 is unreachable since ${isoOf(run.now - 60_000)} and was given up after 60 s`,
    );
    expect(run.conclude()).toBe('failed');
    const before = run.view;
    run.finish('a/n2');
    expect(run.view).toEqual(before);
  });

  it('get a moment even if they were last seen long ago', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]), { giveUpAfterMs: 60_000 });
    run.dispatch();
    run.add({ type: 'node.unreachable', at: run.at, node: 'n1', lastSeen: isoOf(run.now - 3_600_000) });
    expect(run.statuses).toEqual({ 'a/n1': 'running' });
    run.pass(15_000);
    expect(run.statuses).toEqual({ 'a/n1': 'failed' });
  });

  it('that have nothing left to do are let be', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1'), exampleStep('a/n2', 'n2')]));
    run.dispatch();
    run.finish('a/n2');
    unreachable(run, 'n2');
    run.pass(400_000);
    run.finish('a/n1');
    expect(run.conclude()).toBe('ready');
    expect(run.view.nodes.map(({ status }) => status)).toEqual(['ok', 'unreachable']);
  });

  it('take along what they do for others', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a/n1', 'n1'),
        exampleStep('t/n2', 'n2', { executor: 'n1' }),
        exampleStep('t/n3', 'n3', { executor: 'n1', needs: ['a/n1'] }),
      ]),
    );
    run.dispatch();
    unreachable(run, 'n1');
    run.pass(400_000);
    expect(run.statuses).toEqual({ 'a/n1': 'failed', 't/n2': 'failed', 't/n3': 'skipped' });
    expect(run.conclude()).toBe('failed');
  });
});

describe('the operator', () => {
  it('takes a node away: it is not missed in the end', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a/n1', 'n1'),
        exampleStep('a/n2', 'n2'),
        exampleStep('b/n2', 'n2', { needs: ['a/n2'] }),
      ]),
    );
    run.dispatch();
    run.add({ type: 'node.removed', at: run.at, node: 'n2' });
    expect(run.statuses).toMatchObject({ 'a/n2': 'failed', 'b/n2': 'skipped' });
    run.finish('a/n1');
    expect(run.conclude()).toBe('ready');
    expect(run.view.nodes[1]).toMatchObject({ name: 'n2', status: 'removed' });
  });

  it('cancels: running attempts are told, the rest is skipped, and silence does not hold the end up', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a/n1', 'n1'),
        exampleStep('a/n2', 'n2'),
        exampleStep('b/n1', 'n1', { needs: ['a/n1'] }),
      ]),
    );
    run.dispatch();
    run.add({ type: 'run.cancelled', at: run.at, reason: 'Ctrl-C' });
    expect(run.take('cancel').map(({ executor, reason }) => [executor, reason])).toEqual([
      ['n1', 'Ctrl-C'],
      ['n2', 'Ctrl-C'],
    ]);
    run.finish('a/n1', 'cancelled');
    expect(run.conclude()).toBeUndefined();
    run.pass(CANCEL_GRACE_MS);
    expect(run.conclude()).toBe('cancelled');
    expect(run.view.nodes.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('cancels a step whose dispatch was under way', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]));
    const [effect] = run.take('dispatch');
    run.add({ type: 'run.cancelled', at: run.at, reason: 'Ctrl-C' });
    expect(run.conclude()).toBe('cancelled');
    if (effect === undefined) throw new Error('nothing was dispatched');
    run.add({ type: 'attempt.dispatched', at: run.at, stepId: effect.stepId, attemptId: effect.attemptId, number: 1 });
    expect(isLive(run.state, effect.stepId, effect.attemptId)).toBe(false);
    expect(run.take('cancel')).toMatchObject([{ attemptId: effect.attemptId, executor: 'n1' }]);
  });

  it('tries again: failed and skipped steps of the named nodes, and what they need', () => {
    const steps = [
      exampleStep('get/x', COORDINATOR),
      ...['n1', 'n2', 'n3'].flatMap((node) => [
        exampleStep(`a/${node}`, node, { needs: ['get/x'] }),
        exampleStep(`b/${node}`, node, { needs: [`a/${node}`] }),
      ]),
    ];
    const run = new TestRun(examplePlan(steps));
    run.dispatch();
    run.finish('get/x');
    run.dispatch();
    for (const node of ['n2', 'n3']) run.finish(`a/${node}`, 'failed', { failure });
    run.finish('a/n1');
    run.dispatch();
    run.finish('b/n1');
    expect(run.conclude()).toBe('failed');
    run.add({ type: 'run.retried', at: run.at, nodes: ['n3'] });
    expect(run.dispatchAll()).toMatchObject([{ stepId: 'a/n3', number: 2 }]);
    expect(run.view.nodes.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok']);
    run.finish('a/n3');
    run.dispatch();
    run.finish('b/n3');
    expect(run.conclude()).toBe('failed');
    run.add({ type: 'run.retried', at: run.at, nodes: [] });
    run.dispatch();
    run.finish('a/n2');
    run.dispatch();
    run.finish('b/n2');
    expect(run.conclude()).toBe('ready');
  });

  it('tries again: what had waited for a failed step and gone on without it is done anew', () => {
    const run = new TestRun(
      examplePlan([
        exampleStep('a', 'n1'),
        exampleStep('b', 'n2'),
        exampleStep('all', '@coordinator', { executor: '@coordinator', after: ['a', 'b'], tasks: [] }),
        exampleStep('routes', 'n1', { needs: ['a', 'all'] }),
        exampleStep('other', 'n1', { needs: ['a'] }),
      ]),
    );
    run.dispatch();
    run.finish('a', 'ok', { outputs: { task: { range: 1 } } });
    run.finish('b', 'failed');
    expect(run.dispatch()).toEqual(['other', 'routes']);
    run.finish('other');
    run.finish('routes');
    expect(run.conclude()).toBe('failed');
    run.add({ type: 'run.retried', at: run.at, nodes: [] });
    expect(run.dispatch()).toEqual(['b']);
    run.finish('b');
    expect(run.dispatch()).toEqual(['routes']);
    run.finish('routes');
    expect(run.conclude()).toBe('ready');
    expect(run.view.steps.map(({ id, attempts }) => [id, attempts])).toEqual([
      ...[
        ['a', 1],
        ['b', 2],
        ['all', 0],
        ['routes', 2],
        ['other', 1],
      ],
    ]);
  });

  it('tries nothing again where nothing failed', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]));
    run.dispatch();
    run.finish('a/n1');
    run.conclude();
    const before = run.view;
    run.add({ type: 'run.retried', at: run.at, nodes: [] });
    expect(run.view).toEqual(before);
  });

  it('tries again before the end is stored: the run goes on', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]));
    run.dispatch();
    run.finish('a/n1', 'failed', { failure });
    const [finish] = run.take('finish');
    run.add({ type: 'run.retried', at: run.at, nodes: [] });
    run.add({ type: 'run.finished', at: run.at, outcome: finish?.outcome ?? 'failed' });
    expect(run.view.status).toBe('running');
    expect(run.dispatch()).toEqual(['a/n1']);
  });
});

describe('time', () => {
  it('ends a run that takes too long', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1'), exampleStep('b/n1', 'n1', { needs: ['a/n1'] })]), {
      timeoutMs: 10_000,
    });
    run.dispatch();
    run.pass(10_000);
    expect(run.take('cancel')).toHaveLength(1);
    run.finish('a/n1', 'cancelled');
    expect(run.conclude()).toBe('timed-out');
    expect(run.stepState('b/n1').failure?.message).toBe(
      'not run, because the run was stopped: the time limit of 10 s passed',
    );
  });

  it('asks to be woken again when it was woken too early', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]), { timeoutMs: 10_000 });
    expect(run.take('wake')).toHaveLength(1);
    run.pass(1);
    expect(run.take('wake')).toEqual([{ type: 'wake', at: isoOf(run.now + 9_999) }]);
  });

  it('goes by the latest event when clocks go back', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]), { timeoutMs: 10_000 });
    run.now -= 3_600_000;
    run.pass(0);
    run.now += 3_600_000;
    expect(run.dispatch()).toEqual(['a/n1']);
    run.pass(10_000);
    expect(run.take('cancel')).toHaveLength(1);
  });
});

describe('restart', () => {
  it('sends running attempts again under their ids, and dispatches what was ready', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1'), exampleStep('a/n2', 'n2')]), { timeoutMs: 10_000 });
    const [first] = run.take('dispatch');
    if (first === undefined) throw new Error('nothing was dispatched');
    run.add({ type: 'attempt.dispatched', at: run.at, stepId: first.stepId, attemptId: first.attemptId, number: 1 });
    expect(resume(replay(run.events, initialState()))).toEqual([
      { type: 'dispatch', stepId: 'a/n1', attemptId: 'run-test.a_n1.1', number: 1, resend: true },
      { type: 'dispatch', stepId: 'a/n2', attemptId: 'run-test.a_n2.1', number: 1, resend: false },
      { type: 'wake', at: isoOf(run.now + 10_000) },
    ]);
  });

  it('finishes what only had to be written down', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]));
    run.dispatch();
    run.finish('a/n1');
    expect(resume(replay(run.events, initialState()))).toEqual([{ type: 'finish', outcome: 'ready' }]);
  });

  it('goes on cancelling', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1')]));
    run.dispatch();
    run.add({ type: 'run.cancelled', at: run.at, reason: 'stop' });
    expect(resume(run.state)).toMatchObject([{ type: 'cancel', executor: 'n1', reason: 'stop' }, { type: 'wake' }]);
  });
});

describe('what does not fit', () => {
  it('changes nothing', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1'), exampleStep('b/n1', 'n1', { needs: ['a/n1'] })]));
    run.dispatch();
    const { attemptId } = run.stepState('a/n1');
    const before = run.view;
    const result = (stepId: string, id: string) =>
      run.add({ type: 'attempt.finished', at: run.at, jitter: 0, result: exampleResult({ attemptId: id, stepId }) });
    expect(result('a/n1', 'run-test.a_n1.7')).toEqual([]);
    expect(result('absent/n1', attemptId)).toEqual([]);
    expect(result('b/n1', 'run-test.b_n1.1')).toEqual([]);
    expect(run.add({ type: 'attempt.dispatched', at: run.at, stepId: 'a/n1', attemptId, number: 1 })).toEqual([]);
    expect(run.add({ type: 'node.reachable', at: run.at, node: 'n1' })).toEqual([]);
    expect(run.add({ type: 'node.unreachable', at: run.at, node: 'stranger', lastSeen: run.at })).toEqual([]);
    expect(run.add({ type: 'run.finished', at: run.at, outcome: 'ready' })).toEqual([]);
    expect(run.view).toEqual(before);
  });

  it('before a run is created, is ignored', () => {
    const state = initialState();
    expect(apply(state, { type: 'time.passed', at: isoOf(0) })).toEqual({ state, effects: [] });
  });
});

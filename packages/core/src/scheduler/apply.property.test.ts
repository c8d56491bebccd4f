import { COORDINATOR, type RunEvent, type Step } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { apply, type Effect, initialState, type RunState, replay, resume, view } from './index.ts';
import { examplePlan, exampleResult, exampleStep, TestRun } from './test-run.fixture.ts';
import { isoOf } from './time.ts';

// These tests fold many events of many runs, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const NODES = ['n1', 'n2', 'n3'];
const LIMITS: Record<string, number> = { narrow: 1, wide: 3 };
const RUNS = 200;

/** Any plan in topological order, in which needed and awaited steps stand earlier. */
const anyPlan = fc
  .array(
    fc.record({
      node: fc.constantFrom(...NODES, COORDINATOR),
      executor: fc.constantFrom('own', ...NODES),
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      after: fc.array(fc.nat(), { maxLength: 2 }),
      milestone: fc.boolean(),
      volatile: fc.boolean(),
      retries: fc.nat({ max: 2 }),
      onFailure: fc.constantFrom(...(['fail-node', 'fail-node', 'fail-run', 'cancel-run'] as const)),
      group: fc.constantFrom(undefined, 'narrow', 'wide'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((seeds) => {
    const earlier = (index: number, picks: readonly number[]) =>
      index === 0 ? [] : picks.map((pick) => `s${pick % index}/x`);
    const steps = seeds.map((seed, index): Step => {
      const fields: Partial<Step> = {
        executor: seed.executor === 'own' || seed.node === COORDINATOR ? seed.node : seed.executor,
        needs: earlier(index, seed.needs),
        after: earlier(index, seed.after),
        volatile: seed.volatile,
        policy: { timeLimitMs: 60_000, retries: seed.retries, backoffMs: 1_000, onFailure: seed.onFailure },
        ...(seed.milestone && index % 3 === 0 ? { tasks: [] } : {}),
        ...(seed.group === undefined ? {} : { group: { name: seed.group, limit: LIMITS[seed.group] ?? 1 } }),
      };
      return exampleStep(`s${index}/x`, seed.node, fields);
    });
    return examplePlan(steps, NODES);
  });

/** What may happen next in a run; `pick` chooses one of the things to which it applies. */
const anyMove = fc.record({
  kind: fc.constantFrom(
    ...([
      'dispatch',
      'dispatch',
      'dispatch',
      'ok',
      'ok',
      'ok',
      'failed',
      'permanent',
      'interrupted',
      'timed-out',
    ] as const),
    ...(['wait', 'unreachable', 'reachable', 'removed', 'cancel', 'retry', 'repeat', 'finish'] as const),
  ),
  pick: fc.nat(),
});
const anyMoves = fc.array(anyMove, { maxLength: 60 });
type Move = typeof anyMove extends fc.Arbitrary<infer M> ? M : never;

const stepOf = (state: RunState, id: string) => {
  const index = state.lookup.indexes.get(id);
  if (index === undefined) throw new Error(`no step ${id}`);
  return state.steps.get(index);
};

/** Checks everything that must hold after every event. */
function checkInvariants(before: RunState, event: RunEvent, after: RunState, effects: readonly Effect[]): void {
  const positions = [...after.steps].map((step) => step.position);
  const live = (index: number) => positions[index] === 'running' || positions[index] === 'dispatching';
  const ended = (index: number) => ['done', 'failed', 'skipped'].includes(positions[index] ?? '');
  expect(after.live).toBe(positions.filter((_, index) => live(index)).length);
  expect(after.unfinished).toBe(positions.filter((_, index) => !ended(index)).length);
  for (const [name, limit] of Object.entries(LIMITS)) {
    const members = after.plan.steps.flatMap((step, index) =>
      step.group?.name === name && live(index) ? [index] : [],
    );
    expect(members.length).toBeLessThanOrEqual(limit);
  }
  for (const [index, step] of [...after.steps].entries()) {
    if (step.position !== 'pending') continue;
    const open = [
      ...(after.lookup.needs[index] ?? []).filter((need) => positions[need] !== 'done'),
      ...(after.lookup.after[index] ?? []).filter((other) => !ended(other)),
    ];
    expect(step.open).toBe(open.length);
  }
  for (const effect of effects) if (effect.type === 'dispatch') checkDispatch(before, event, after, effect.stepId);
  if (after.status === 'running' && after.runId !== '' && after.finishing === undefined)
    expect(after.live + after.timers.size, 'something must happen next').toBeGreaterThan(0);
}

function checkDispatch(before: RunState, event: RunEvent, after: RunState, stepId: string): void {
  const index = after.lookup.indexes.get(stepId) ?? -1;
  for (const need of after.lookup.needs[index] ?? []) expect(after.steps.get(need).position).toBe('done');
  if (before.runId === '') return;
  const { position, attemptId } = stepOf(before, stepId);
  const justEnded = event.type === 'attempt.finished' && event.result.attemptId === attemptId;
  if (position === 'running') expect(justEnded, 'never two live attempts of a step').toBe(true);
  expect(position).not.toBe('dispatching');
  expect(stepOf(after, stepId).attemptId).not.toBe(attemptId);
}

/** Returns what must be equal for two states to count as the same. */
const essence = ({ steps, ...rest }: RunState) => ({ ...rest, steps: [...steps] });

/** A run that checks at every event that the invariants hold and that old states stay what they were. */
class CheckedRun extends TestRun {
  override add(event: RunEvent): Effect[] {
    const before = this.state;
    const frozen = structuredClone(essence(before));
    const effects = super.add(event);
    expect(essence(before)).toEqual(frozen);
    checkInvariants(before, event, this.state, effects);
    return effects;
  }
}

function move(run: CheckedRun, { kind, pick }: Move): void {
  const choose = <T>(items: readonly T[]): T | undefined => items[pick % Math.max(1, items.length)];
  const node = choose(NODES) ?? 'n1';
  const running = run.state.plan.steps.filter(({ id }) => stepOf(run.state, id).position === 'running');
  const target = choose(running)?.id;
  run.now += 1;
  switch (kind) {
    case 'dispatch': {
      const wanted = run.take('dispatch');
      const effect = choose(wanted);
      run.effects.push(...wanted.filter((other) => other !== effect));
      if (effect !== undefined) {
        const { stepId, attemptId, number } = effect;
        run.add({ type: 'attempt.dispatched', at: run.at, stepId, attemptId, number });
      }
      return;
    }
    case 'ok':
    case 'interrupted':
    case 'timed-out':
      if (target !== undefined) run.finish(target, kind);
      return;
    case 'failed':
    case 'permanent':
      if (target !== undefined)
        run.finish(target, 'failed', { failure: { code: 'x', message: 'x', permanent: kind === 'permanent' } });
      return;
    case 'wait':
      return run.pass((pick % 400) * 1_000);
    case 'unreachable':
      return void run.add({ type: 'node.unreachable', at: run.at, node, lastSeen: isoOf(run.now - 15_000) });
    case 'reachable':
      return void run.add({ type: 'node.reachable', at: run.at, node });
    case 'removed':
      return void (pick % 4 === 0 && run.add({ type: 'node.removed', at: run.at, node }));
    case 'cancel':
      return void (pick % 4 === 0 && run.add({ type: 'run.cancelled', at: run.at, reason: 'stop' }));
    case 'retry':
      return void run.add({ type: 'run.retried', at: run.at, nodes: pick % 2 === 0 ? [] : [node] });
    case 'finish':
      return void run.conclude();
    case 'repeat': {
      const event = choose(run.events);
      if (event !== undefined && event.type !== 'run.retried') run.add(event);
    }
  }
}

/** Lets every attempt answer and time go on until the run ends. */
function drain(run: CheckedRun): void {
  for (let round = 0; round < 500 && run.state.status === 'running'; round += 1) {
    run.now += 1;
    run.dispatchAll();
    run.take('cancel');
    const running = run.state.plan.steps.filter(({ id }) => stepOf(run.state, id).position === 'running');
    for (const { id, executor } of running)
      if (run.state.nodes.get(executor)?.unreachableSince === undefined && stepOf(run.state, id).position === 'running')
        run.finish(id);
    run.conclude();
    const { wakeAt } = run.state;
    if (wakeAt !== undefined && run.state.live === 0) run.now = Math.max(run.now, wakeAt);
    if (wakeAt !== undefined) run.pass(run.state.live === 0 ? 0 : 10_000);
  }
  expect(run.state.status, 'every run ends when all attempts answer').not.toBe('running');
}

describe('any plan, in any order of events', () => {
  it('keeps the invariants and ends', () => {
    fc.assert(
      fc.property(anyPlan, anyMoves, (plan, moves) => {
        const run = new CheckedRun(plan, { giveUpAfterMs: 120_000 });
        for (const next of moves) move(run, next);
        drain(run);
        const all = run.view.steps;
        expect(all.every(({ status }) => ['done', 'failed', 'skipped'].includes(status))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('replays to the same state, from any point', () => {
    fc.assert(
      fc.property(anyPlan, anyMoves, fc.nat(), (plan, moves, pick) => {
        const run = new CheckedRun(plan, { timeoutMs: 3_600_000 });
        for (const next of moves) move(run, next);
        const half = replay(run.events.slice(0, pick % run.events.length), initialState());
        const whole = replay(run.events.slice(pick % run.events.length), half);
        expect(essence(whole)).toEqual(essence(run.state));
        expect(resume(whole)).toEqual(resume(run.state));
      }),
      { numRuns: RUNS },
    );
  });

  it('does not mind hearing things twice', () => {
    fc.assert(
      fc.property(anyPlan, anyMoves, (plan, moves) => {
        const run = new CheckedRun(plan);
        for (const next of moves) {
          const count = run.events.length;
          move(run, next);
          const event = run.events[count];
          if (event === undefined || event.type === 'run.retried') continue;
          const again = apply(run.state, event);
          expect(view(again.state)).toEqual(view(run.state));
          expect(again.effects.filter(({ type }) => type === 'dispatch' || type === 'finish')).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a failed worker', () => {
  it('never blocks the others', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom<string>('w1', 'w2', 'w3', 'w4', 'w5'), { maxLength: 4 }),
        fc.array(fc.nat(), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        (broken, picks, limit) => {
          const workers = ['w1', 'w2', 'w3', 'w4', 'w5'];
          const run = new CheckedRun(clusterLike(workers, limit));
          for (const pick of [...picks, ...Array.from({ length: 200 }, (_, nth) => nth)]) {
            run.dispatchAll();
            const running = run.state.plan.steps.filter(({ id }) => stepOf(run.state, id).position === 'running');
            const step = running[pick % Math.max(1, running.length)];
            if (step === undefined) break;
            if (broken.includes(step.node) && step.id.startsWith('join/')) run.finish(step.id, 'failed');
            else run.finish(step.id);
          }
          const status = run.statuses;
          for (const worker of workers)
            expect(status[`ready/${worker}`]).toBe(broken.includes(worker) ? 'skipped' : 'done');
          expect(run.conclude()).toBe(broken.length === 0 ? 'ready' : 'failed');
        },
      ),
      { numRuns: 100 },
    );
  });
});

/**
 * A plan of workers that join through a group, with a step that waits for all of them, as the plan of a cluster has.
 */
function clusterLike(workers: string[], limit: number) {
  const group = { name: 'wide', limit };
  return examplePlan(
    [
      exampleStep('init/m', 'm'),
      ...workers.map((node) =>
        exampleStep(`token/${node}`, node, { executor: 'm', needs: ['init/m'], volatile: true }),
      ),
      ...workers.map((node) => exampleStep(`join/${node}`, node, { needs: [`token/${node}`], group })),
      ...workers.map((node) => exampleStep(`ready/${node}`, node, { executor: 'm', needs: [`join/${node}`] })),
      exampleStep('routes/m', 'm', { after: workers.map((node) => `join/${node}`) }),
    ],
    ['m', ...workers],
  );
}

describe('a thousand nodes', () => {
  it('fold in time linear in the number of events', () => {
    const nodes = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
    const steps = Array.from({ length: 12 }, (_, phase) =>
      nodes.map((node) =>
        exampleStep(`p${phase}/${node}`, node, phase === 0 ? {} : { needs: [`p${phase - 1}/${node}`] }),
      ),
    ).flat();
    const plan = examplePlan(steps, nodes);
    const at = isoOf(1_800_000_000_000);
    const first: RunEvent = {
      type: 'run.created',
      at,
      runId: 'run-test',
      plan,
      mode: 'apply',
      inputHash: '',
      giveUpAfterMs: 1,
    };
    const begun = performance.now();
    let { state, effects } = apply(initialState(), first);
    const queue = [...effects];
    let finish = 0;
    for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
      if (effect.type === 'finish') finish += 1;
      if (effect.type !== 'dispatch') continue;
      const { stepId, attemptId, number } = effect;
      state = apply(state, { type: 'attempt.dispatched', at, stepId, attemptId, number }).state;
      ({ state, effects } = apply(state, {
        type: 'attempt.finished',
        at,
        jitter: 0,
        result: exampleResult({ attemptId, stepId }),
      }));
      queue.push(...effects);
    }
    const seconds = (performance.now() - begun) / 1_000;
    expect(finish).toBe(1);
    expect(state.finishing).toBe('ready');
    // The run has 25,000 events. If each of them needed a scan of all steps, this would take minutes.
    expect(seconds).toBeLessThan(10);
  });
});

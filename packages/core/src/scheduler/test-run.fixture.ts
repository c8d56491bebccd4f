import type { AttemptSummary, Plan, RunEvent, RunView, Step } from '@vhive/shared';
import { apply, type Effect, type EffectOf, initialState, type RunState, view } from './index.ts';
import { isoOf } from './time.ts';

/** The time at which the clock of tests begins, in milliseconds since 1970. */
const START = 1_800_000_000_000;

/** Makes a step that does something on a node, for tests. */
export function exampleStep(id: string, node: string, fields: Partial<Step> = {}): Step {
  return {
    id,
    phase: 'work',
    executor: node,
    node,
    title: id,
    needs: [],
    after: [],
    tasks: [{ id: 'task', title: 'task', action: 'no-op', params: {} }],
    ...fields,
    policy: { timeLimitMs: 60_000, retries: 0, backoffMs: 1_000, onFailure: 'fail-node', ...fields.policy },
  };
}

/** Makes a plan of these steps, in which the first node is the control plane. */
export function examplePlan(steps: Step[], nodes?: string[]): Plan {
  const named = nodes ?? [...new Set(steps.map((step) => step.node))].filter((name) => !name.startsWith('@'));
  return {
    phases: [...new Set(steps.map((step) => step.phase))].map((name) => ({ name, title: name })),
    controlPlane: named[0] ?? 'n1',
    nodes: named,
    steps,
  };
}

/** Makes the result of an attempt, for tests. */
export function exampleResult(
  { attemptId, stepId }: { attemptId: string; stepId: string },
  outcome: AttemptSummary['outcome'] = 'ok',
  fields: Partial<AttemptSummary> = {},
): AttemptSummary {
  const at = isoOf(START);
  return {
    attemptId,
    runId: 'run-test',
    stepId,
    outcome,
    tasks: [],
    outputs: {},
    startedAt: at,
    finishedAt: at,
    ...fields,
  };
}

/**
 * A run that a test drives by hand. It does what a runner does, without anything outside, and keeps all events so that
 * tests can replay them.
 */
export class TestRun {
  state: RunState = initialState();
  readonly events: RunEvent[] = [];
  /** The effects that the test has not taken yet. */
  effects: Effect[] = [];
  now = START;

  constructor(
    plan: Plan,
    options: { giveUpAfterMs?: number; timeoutMs?: number; spentMs?: number; mode?: 'apply' | 'check' } = {},
  ) {
    this.add({
      type: 'run.created',
      at: isoOf(this.now),
      runId: 'run-test',
      plan,
      mode: 'apply',
      inputHash: 'hash',
      giveUpAfterMs: 300_000,
      ...options,
    });
  }

  get at(): string {
    return isoOf(this.now);
  }

  /** Stores and applies an event. Its effects join those that are not taken yet. */
  add(event: RunEvent): Effect[] {
    this.events.push(event);
    const { state, effects } = apply(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }

  /** Takes the effects of one type, so that they are no longer among those not taken. */
  take<T extends Effect['type']>(type: T): EffectOf<T>[] {
    const taken = this.effects.filter((effect): effect is EffectOf<T> => effect.type === type);
    this.effects = this.effects.filter((effect) => effect.type !== type);
    return taken;
  }

  /**
   * Stores `attempt.dispatched` for every dispatch that is wanted, until none is, and returns the dispatches in order.
   */
  dispatchAll(): EffectOf<'dispatch'>[] {
    const all: EffectOf<'dispatch'>[] = [];
    for (let wanted = this.take('dispatch'); wanted.length > 0; wanted = this.take('dispatch'))
      for (const effect of wanted) {
        all.push(effect);
        const { stepId, attemptId, number } = effect;
        this.add({ type: 'attempt.dispatched', at: this.at, stepId, attemptId, number });
      }
    return all;
  }

  /** Dispatches everything that is wanted and returns the ids of the steps. */
  dispatch(): string[] {
    return this.dispatchAll().map(({ stepId }) => stepId);
  }

  /** Ends the running attempt of a step with an outcome. */
  finish(stepId: string, outcome: AttemptSummary['outcome'] = 'ok', fields: Partial<AttemptSummary> = {}): void {
    const { attemptId } = this.stepState(stepId);
    this.add({
      type: 'attempt.finished',
      at: this.at,
      result: exampleResult({ attemptId, stepId }, outcome, fields),
      jitter: 0,
    });
  }

  /** Lets time go on and tells the scheduler. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.add({ type: 'time.passed', at: this.at });
  }

  /** Carries out a finish effect, if there is one, and returns its outcome. */
  conclude(): string | undefined {
    const [finish] = this.take('finish');
    if (finish !== undefined) this.add({ type: 'run.finished', at: this.at, outcome: finish.outcome });
    return finish?.outcome;
  }

  stepState(stepId: string) {
    const index = this.state.lookup.indexes.get(stepId);
    if (index === undefined) throw new Error(`no step ${stepId}`);
    return this.state.steps.get(index);
  }

  get view(): RunView {
    return view(this.state);
  }

  /** The status of each step as people see it, by step id. */
  get statuses(): Record<string, string> {
    return Object.fromEntries(this.view.steps.map(({ id, status }) => [id, status]));
  }
}

import { COORDINATOR, type Failure, type Step } from '@vhive/shared';
import { attemptIdOf } from './attempt-id.ts';
import type { Effect } from './effects.ts';
import { becauseOf, causeOf, haltFailure } from './not-run.ts';
import type { PersistentArrayDraft } from './persistent-array.ts';
import type { GroupState, Halt, NodeState, RunState, StepState } from './state.ts';
import { millisecondsOf } from './time.ts';

/** How long running attempts have to answer a cancellation before the run ends without them, milliseconds. */
export const CANCEL_GRACE_MS = 15_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A group being changed. */
interface GroupDraft {
  running: number;
  queue: number[];
}

/**
 * One application of one event: a working copy of the state, and the effects. Only what changes is copied. It knows how
 * steps become ready, start and end; what each event means stands in the files of the events.
 */
export class Transition {
  readonly effects: Effect[] = [];
  /** The event's time as written. */
  readonly at: string;
  /** Fields that are plain values. */
  readonly fields: Mutable<RunState>;
  readonly #steps: PersistentArrayDraft<StepState>;
  readonly #groups = new Map<string, GroupDraft>();
  #nodes: Map<string, NodeState> | undefined;
  #parked: Map<string, readonly number[]> | undefined;
  #timers: Map<string, number> | undefined;
  /** Ended steps whose dependents have not been told yet. */
  readonly #ended: number[] = [];
  /** Groups that have (or may have) a free place. */
  readonly #freed = new Set<string>();

  constructor(state: RunState, at: string) {
    this.at = at;
    this.fields = { ...state, now: Math.max(state.now, millisecondsOf(at)) };
    this.#steps = state.steps.edit();
  }

  /** The step as planned. */
  planned(place: number): Step {
    const step = this.fields.plan.steps[place];
    if (step === undefined) throw new RangeError(`no step ${place}`);
    return step;
  }

  step(place: number): StepState {
    return this.#steps.get(place);
  }

  update(place: number, change: Partial<StepState>): void {
    this.#steps.set(place, { ...this.#steps.get(place), ...change });
  }

  node(name: string): NodeState | undefined {
    return (this.#nodes ?? this.fields.nodes).get(name);
  }

  setNode(name: string, state: NodeState): void {
    this.#nodes ??= new Map(this.fields.nodes);
    this.#nodes.set(name, state);
  }

  timers(): ReadonlyMap<string, number> {
    return this.#timers ?? this.fields.timers;
  }

  setTimer(name: string, time: number): void {
    this.#timers ??= new Map(this.fields.timers);
    this.#timers.set(name, time);
  }

  clearTimer(name: string): void {
    if (!this.timers().has(name)) return;
    this.#timers ??= new Map(this.fields.timers);
    this.#timers.delete(name);
  }

  clearTimers(): void {
    this.#timers = new Map();
  }

  /** Everything it needs is done: starts it, or queues it where something limits it. */
  ready(place: number): void {
    const planned = this.planned(place);
    if (this.fields.halt !== undefined) return this.skip(place, haltFailure(this.fields.halt));
    const fate = this.node(planned.node);
    if (fate !== undefined && fate.fate !== 'ok') return this.skip(place, becauseOf(fate.failure));
    // A milestone: nothing to run, only a point that others wait for.
    if (planned.tasks.length === 0) return this.end(place, { position: 'done' });
    if (this.node(planned.executor)?.unreachableSince !== undefined) {
      this.#parked ??= new Map(this.fields.parked);
      this.#parked.set(planned.executor, [...(this.#parked.get(planned.executor) ?? []), place]);
      return this.update(place, { position: 'queued' });
    }
    if (planned.group !== undefined) {
      const group = this.#group(planned.group.name);
      if (group.running >= planned.group.limit) {
        group.queue.push(place);
        return this.update(place, { position: 'queued' });
      }
      group.running += 1;
    }
    this.#dispatch(place, planned);
  }

  /** The steps that waited for this executor to come back. */
  unpark(executor: string): void {
    const places = (this.#parked ?? this.fields.parked).get(executor);
    if (places === undefined) return;
    this.#parked ??= new Map(this.fields.parked);
    this.#parked.delete(executor);
    for (const place of places) if (this.step(place).position === 'queued') this.ready(place);
  }

  #dispatch(place: number, planned: Step): void {
    const number = this.step(place).attempts + 1;
    const attemptId = attemptIdOf(this.fields.runId, planned.id, number);
    this.update(place, { position: 'dispatching', attempts: number, attemptId });
    this.fields.live += 1;
    this.effects.push({ type: 'dispatch', stepId: planned.id, attemptId, number, resend: false });
  }

  /** A live step stops being live: its place in its group is free. */
  release(place: number): void {
    const { group } = this.planned(place);
    this.fields.live -= 1;
    if (group === undefined) return;
    this.#group(group.name).running -= 1;
    this.#freed.add(group.name);
  }

  /** The step has ended; whoever waits for it is told in {@link settle}. */
  end(
    place: number,
    how: Pick<StepState, 'position'> & Partial<Pick<StepState, 'failure' | 'outputs' | 'tasks'>>,
  ): void {
    this.update(place, { ...how, finishedAt: this.at });
    this.fields.unfinished -= 1;
    this.#ended.push(place);
  }

  /** Ends a step that has not started (or waits between attempts, or was about to start). Fine when it has ended or runs. */
  skip(place: number, failure: Failure): void {
    const { position } = this.step(place);
    if (position === 'dispatching') this.release(place);
    else if (position === 'waiting') this.clearTimer(`step ${place}`);
    else if (position !== 'pending' && position !== 'queued') return;
    this.end(place, { position: 'skipped', failure });
  }

  /** The step failed for good: applies its policy. */
  fail(place: number, failure: Failure): void {
    const planned = this.planned(place);
    this.end(place, { position: 'failed', failure });
    const cause = causeOf(planned.id, failure);
    if (planned.policy.onFailure === 'fail-run' && this.fields.halt === undefined) {
      const refused = planned.phase === 'preflight' && failure.code !== 'unreachable';
      this.failNode(planned.node, cause);
      this.halt({ outcome: refused ? 'refused' : 'failed', reason: cause.message, cancelling: false });
    } else this.failNode(planned.node, cause);
  }

  /**
   * Opens an ended step again. Pending steps that had counted it as ended count it as open again; counting its own open
   * needs is the caller's.
   */
  reopen(place: number): void {
    const { index } = this.fields;
    this.update(place, {
      position: 'pending',
      failures: 0,
      interruptions: 0,
      failure: undefined,
      finishedAt: undefined,
    });
    this.fields.unfinished += 1;
    for (const dependent of [...(index.neededBy[place] ?? []), ...(index.awaitedBy[place] ?? [])]) {
      const { position, open } = this.step(dependent);
      if (position === 'pending') this.update(dependent, { open: open + 1 });
    }
  }

  /** The node takes no further part: what it has not begun is skipped. The first cause stays. */
  failNode(name: string, cause: Failure, fate: 'failed' | 'removed' = 'failed'): void {
    const node = this.node(name);
    if (name === COORDINATOR || node === undefined || node.fate === 'removed') return;
    if (node.fate === 'failed' && fate === 'failed') return;
    this.setNode(name, { ...node, fate, failure: node.failure ?? cause });
    for (const place of this.fields.index.ofNode.get(name) ?? []) this.skip(place, becauseOf(cause));
  }

  /** Nothing new is started from now on; what has not begun is skipped. The first cause stays. */
  halt(halt: Halt): void {
    const before = this.fields.halt;
    this.fields.halt = before === undefined ? halt : { ...before, cancelling: before.cancelling || halt.cancelling };
    if (before === undefined) {
      for (const place of this.fields.plan.steps.keys()) this.skip(place, haltFailure(halt));
      // Downloads touch no host: they need not be waited for.
      if (!halt.cancelling)
        for (const place of this.running())
          if (this.planned(place).executor === COORDINATOR) this.#cancel(place, halt.reason);
    }
    if (!halt.cancelling || before?.cancelling === true) return;
    for (const place of this.running()) this.#cancel(place, halt.reason);
    this.setTimer('grace', this.fields.now + CANCEL_GRACE_MS);
  }

  #cancel(place: number, reason: string): void {
    const { executor } = this.planned(place);
    this.effects.push({ type: 'cancel', attemptId: this.step(place).attemptId, executor, reason });
  }

  /** Places of the steps whose attempt runs. */
  running(): number[] {
    return [...this.fields.plan.steps.keys()].filter((place) => this.step(place).position === 'running');
  }

  /** Tells dependents of what ended and fills free places of groups, until nothing moves any more. */
  settle(): void {
    for (;;) {
      // What ends while dependents are told is appended, and told in its turn.
      for (const place of this.#ended) this.#tellDependents(place);
      this.#ended.length = 0;
      const [name] = this.#freed;
      if (name === undefined) return;
      this.#freed.delete(name);
      this.#fill(name);
    }
  }

  #tellDependents(place: number): void {
    const { position, failure } = this.step(place);
    const planned = this.planned(place);
    for (const dependent of this.fields.index.neededBy[place] ?? []) {
      if (this.step(dependent).position !== 'pending') continue;
      if (position === 'done') this.#closeOne(dependent);
      else this.#skipForNeed(dependent, position === 'failed' ? becauseOf(causeOf(planned.id, failure)) : failure);
    }
    for (const dependent of this.fields.index.awaitedBy[place] ?? [])
      if (this.step(dependent).position === 'pending') this.#closeOne(dependent);
  }

  #skipForNeed(place: number, failure: Failure | undefined): void {
    const cause = failure ?? becauseOf(undefined);
    this.skip(place, cause);
    this.failNode(this.planned(place).node, cause);
  }

  #closeOne(place: number): void {
    const open = this.step(place).open - 1;
    this.update(place, { open });
    if (open === 0) this.ready(place);
  }

  #fill(name: string): void {
    const group = this.#group(name);
    for (let place = group.queue[0]; place !== undefined; place = group.queue[0]) {
      const limit = this.planned(place).group?.limit ?? 1;
      if (this.step(place).position === 'queued' && group.running >= limit) return;
      group.queue.shift();
      if (this.step(place).position === 'queued') this.ready(place);
    }
  }

  #group(name: string): GroupDraft {
    let draft = this.#groups.get(name);
    if (draft === undefined) {
      const group = this.fields.groups.get(name);
      draft = { running: group?.running ?? 0, queue: [...(group?.queue ?? [])] };
      this.#groups.set(name, draft);
    }
    return draft;
  }

  /** The new state. */
  done(): RunState {
    const groups: ReadonlyMap<string, GroupState> =
      this.#groups.size === 0 ? this.fields.groups : new Map([...this.fields.groups, ...this.#groups]);
    return {
      ...this.fields,
      steps: this.#steps.done(),
      nodes: this.#nodes ?? this.fields.nodes,
      parked: this.#parked ?? this.fields.parked,
      timers: this.#timers ?? this.fields.timers,
      groups,
    };
  }
}

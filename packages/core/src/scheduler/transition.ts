import { COORDINATOR, type Failure, type Step } from '@vhive/shared';
import { attemptIdOf } from './attempt-id.ts';
import type { Effect } from './effects.ts';
import { becauseOf, causeOf, haltFailure } from './not-run.ts';
import type { PersistentArrayDraft } from './persistent-array.ts';
import type { GroupState, Halt, NodeState, RunState, StepState } from './state.ts';
import { millisecondsOf } from './time.ts';

/** How long running attempts have to answer a cancellation before the run ends without them, in milliseconds. */
export const CANCEL_GRACE_MS = 15_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The working copy of the state of a group. */
interface GroupDraft {
  running: number;
  queue: number[];
}

/**
 * A transition is the application of one event: a working copy of the state, in which only what changes is copied, and
 * the effects. This class knows how steps become ready, start and end; what each event means is written in the files of
 * the events.
 */
export class Transition {
  readonly effects: Effect[] = [];
  /** The time of the event, as the event gives it. */
  readonly at: string;
  /**
   * The fields of the new state. Only those that are plain values are changed here; the others have working copies
   * below.
   */
  readonly fields: Mutable<RunState>;
  readonly #steps: PersistentArrayDraft<StepState>;
  readonly #groups = new Map<string, GroupDraft>();
  #nodes: Map<string, NodeState> | undefined;
  #parked: Map<string, readonly number[]> | undefined;
  #timers: Map<string, number> | undefined;
  /** The indexes of ended steps whose dependents have not been told yet. */
  readonly #ended: number[] = [];
  /** The names of the groups that may have room for another step. */
  readonly #freed = new Set<string>();

  constructor(state: RunState, at: string) {
    this.at = at;
    this.fields = { ...state, now: Math.max(state.now, millisecondsOf(at)) };
    this.#steps = state.steps.edit();
  }

  /** Returns a step as it was planned. Throws a RangeError where there is none. */
  planned(index: number): Step {
    const step = this.fields.plan.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }

  step(index: number): StepState {
    return this.#steps.get(index);
  }

  update(index: number, change: Partial<StepState>): void {
    this.#steps.set(index, { ...this.#steps.get(index), ...change });
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

  /**
   * Starts a step that waits for no other any more, or queues it where its group or its executor does not allow it now.
   */
  ready(index: number): void {
    const planned = this.planned(index);
    if (this.fields.halt !== undefined) return this.skip(index, haltFailure(this.fields.halt));
    const fate = this.node(planned.node);
    if (fate !== undefined && fate.fate !== 'ok') return this.skip(index, becauseOf(fate.failure));
    // The step is a milestone: there is nothing to run, it is only a point that others wait for.
    if (planned.tasks.length === 0) return this.end(index, { position: 'done' });
    if (this.node(planned.executor)?.unreachableSince !== undefined) {
      this.#parked ??= new Map(this.fields.parked);
      this.#parked.set(planned.executor, [...(this.#parked.get(planned.executor) ?? []), index]);
      return this.update(index, { position: 'queued' });
    }
    if (planned.group !== undefined) {
      const group = this.#group(planned.group.name);
      if (group.running >= planned.group.limit) {
        group.queue.push(index);
        return this.update(index, { position: 'queued' });
      }
      group.running += 1;
    }
    this.#dispatch(index, planned);
  }

  /** Goes on with the steps that waited for this executor to come back. */
  unpark(executor: string): void {
    const indexes = (this.#parked ?? this.fields.parked).get(executor);
    if (indexes === undefined) return;
    this.#parked ??= new Map(this.fields.parked);
    this.#parked.delete(executor);
    for (const index of indexes) if (this.step(index).position === 'queued') this.ready(index);
  }

  #dispatch(index: number, planned: Step): void {
    const number = this.step(index).attempts + 1;
    const attemptId = attemptIdOf(this.fields.runId, planned.id, number);
    this.update(index, { position: 'dispatching', attempts: number, attemptId });
    this.fields.live += 1;
    this.effects.push({ type: 'dispatch', stepId: planned.id, attemptId, number, resend: false });
  }

  /** Counts a live step as live no more, which makes room in its group. */
  release(index: number): void {
    const { group } = this.planned(index);
    this.fields.live -= 1;
    if (group === undefined) return;
    this.#group(group.name).running -= 1;
    this.#freed.add(group.name);
  }

  /** Ends a step. The steps that wait for it are told later, in {@link settle}. */
  end(
    index: number,
    how: Pick<StepState, 'position'> & Partial<Pick<StepState, 'failure' | 'outputs' | 'tasks'>>,
  ): void {
    const { attemptStartedAt, spans } = this.step(index);
    const cut = attemptStartedAt === undefined ? [] : [{ startedAt: attemptStartedAt, finishedAt: this.at }];
    this.update(index, { ...how, finishedAt: this.at, attemptStartedAt: undefined, spans: [...spans, ...cut] });
    this.fields.unfinished -= 1;
    this.#ended.push(index);
  }

  /**
   * Skips a step that has not started or is about to start, and gives up one that waits between two attempts. A step
   * that runs or has ended stays as it is.
   */
  skip(index: number, failure: Failure): void {
    const { position, failure: own } = this.step(index);
    if (position === 'waiting') {
      this.clearTimer(`step ${index}`);
      // It has failed, and only will not be tried again: its own failure is what a person must hear of.
      return this.end(index, { position: 'failed', failure: own ?? failure });
    }
    if (position === 'dispatching') this.release(index);
    else if (position !== 'pending' && position !== 'queued') return;
    this.end(index, { position: 'skipped', failure });
  }

  /** Ends a step that failed for good and applies its policy. */
  fail(index: number, failure: Failure): void {
    const planned = this.planned(index);
    this.end(index, { position: 'failed', failure });
    const cause = causeOf(planned.id, failure);
    const { onFailure } = planned.policy;
    if (onFailure !== 'fail-node' && this.fields.halt === undefined) {
      const refused = planned.phase === 'preflight' && failure.code !== 'unreachable';
      this.failNode(planned.node, cause);
      this.halt({
        outcome: refused ? 'refused' : 'failed',
        reason: cause.message,
        cancelling: onFailure === 'cancel-run',
      });
    } else this.failNode(planned.node, cause);
  }

  /**
   * Opens an ended step again. Pending steps that had counted it as ended count it as open again. The caller must count
   * the open steps that this one waits for itself.
   */
  reopen(index: number): void {
    const { lookup } = this.fields;
    this.update(index, {
      position: 'pending',
      failures: 0,
      interruptions: 0,
      failure: undefined,
      finishedAt: undefined,
    });
    this.fields.unfinished += 1;
    for (const dependent of [...(lookup.neededBy[index] ?? []), ...(lookup.awaitedBy[index] ?? [])]) {
      const { position, open } = this.step(dependent);
      if (position === 'pending') this.update(dependent, { open: open + 1 });
    }
  }

  /**
   * Takes a node out of the run: the steps that it has not begun are skipped. If it is out already, the first cause
   * stays.
   */
  failNode(name: string, cause: Failure, fate: 'failed' | 'removed' = 'failed'): void {
    const node = this.node(name);
    if (name === COORDINATOR || node === undefined || node.fate === 'removed') return;
    if (node.fate === 'failed' && fate === 'failed') return;
    this.setNode(name, { ...node, fate, failure: node.failure ?? cause });
    for (const index of this.fields.lookup.ofNode.get(name) ?? []) this.skip(index, becauseOf(cause));
  }

  /**
   * Halts the run: nothing new is started from now on, and what has not begun is skipped. If the run was halted
   * already, the first cause stays.
   */
  halt(halt: Halt): void {
    const before = this.fields.halt;
    this.fields.halt = before === undefined ? halt : { ...before, cancelling: before.cancelling || halt.cancelling };
    if (before === undefined) {
      for (const index of this.fields.plan.steps.keys()) this.skip(index, haltFailure(halt));
      // Downloads touch no host, so that nobody needs to wait for them.
      if (!halt.cancelling)
        for (const index of this.running())
          if (this.planned(index).executor === COORDINATOR) this.#cancel(index, halt.reason);
    }
    if (!halt.cancelling || before?.cancelling === true) return;
    for (const index of this.running()) this.#cancel(index, halt.reason);
    this.setTimer('grace', this.fields.now + CANCEL_GRACE_MS);
  }

  #cancel(index: number, reason: string): void {
    const { executor } = this.planned(index);
    this.effects.push({ type: 'cancel', attemptId: this.step(index).attemptId, executor, reason });
  }

  /** Returns the indexes of the steps of which an attempt runs. */
  running(): number[] {
    return [...this.fields.plan.steps.keys()].filter((index) => this.step(index).position === 'running');
  }

  /**
   * Tells the dependents of every step that ended and starts queued steps where groups have room, until nothing moves
   * any more.
   */
  settle(): void {
    for (;;) {
      // Steps that end while dependents are told are appended to the list, so their dependents are told in their turn.
      for (const index of this.#ended) this.#tellDependents(index);
      this.#ended.length = 0;
      const [name] = this.#freed;
      if (name === undefined) return;
      this.#freed.delete(name);
      this.#fill(name);
    }
  }

  #tellDependents(index: number): void {
    const { position, failure } = this.step(index);
    const planned = this.planned(index);
    for (const dependent of this.fields.lookup.neededBy[index] ?? []) {
      if (this.step(dependent).position !== 'pending') continue;
      if (position === 'done') this.#closeOne(dependent);
      else this.#skipForNeed(dependent, position === 'failed' ? becauseOf(causeOf(planned.id, failure)) : failure);
    }
    for (const dependent of this.fields.lookup.awaitedBy[index] ?? [])
      if (this.step(dependent).position === 'pending') this.#closeOne(dependent);
  }

  #skipForNeed(index: number, failure: Failure | undefined): void {
    const cause = failure ?? becauseOf(undefined);
    this.skip(index, cause);
    this.failNode(this.planned(index).node, cause);
  }

  #closeOne(index: number): void {
    const open = this.step(index).open - 1;
    this.update(index, { open });
    if (open === 0) this.ready(index);
  }

  #fill(name: string): void {
    const group = this.#group(name);
    for (let index = group.queue[0]; index !== undefined; index = group.queue[0]) {
      const limit = this.planned(index).group?.limit ?? 1;
      if (this.step(index).position === 'queued' && group.running >= limit) return;
      group.queue.shift();
      if (this.step(index).position === 'queued') this.ready(index);
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

  /** Returns the new state. */
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

import { apply, initialState, outputsOfRun, type RunState, type StepState, view } from '@vhive/core/scheduler/index';
import type { Failure, Plan, Progress, RunEvent, RunView, Step, StepStatus, StreamMessage } from '@vhive/shared';
import { type Usable, usableBy } from '../render/noteworthy.ts';

/** A step as the plan has it, with its status. Unlike the view of the whole run it costs little to get. */
export interface StepBrief extends Pick<Step, 'id' | 'phase' | 'node' | 'executor'> {
  status: StepStatus;
  attempts: number;
  /** When it is tried again, while it waits between two attempts. */
  nextAttemptAt?: string;
  /** How many attempts it still has then. */
  attemptsLeft?: number;
  /** The title of the step. It is set only where executor, phase and node do not tell the step from others. */
  title?: string;
}

type EventMessage = Extract<StreamMessage, { type: 'event' }>;

/**
 * A run as the stream of its events tells it. Events that came before, which are sent again after a lost connection,
 * are passed over.
 */
export class FollowedRun {
  #state = initialState();
  #sequence = -1;
  #view: RunView | undefined;
  /** The steps by executor, phase and node. */
  #alike = new Map<string, Step[]>();
  #usable: Usable = {};
  #givenUp: { node: string; failure: Failure }[] = [];
  readonly #progress = new Map<string, Progress>();

  /** Takes in an event. The result is undefined when the event is known already. */
  accept(message: EventMessage): RunEvent | undefined {
    if (message.sequence <= this.#sequence) return undefined;
    this.#sequence = message.sequence;
    const { event } = message;
    const before = this.#state;
    this.#state = apply(before, event).state;
    this.#view = undefined;
    this.#givenUp = givenUpBetween(before, this.#state);
    if (event.type === 'run.created') this.#alike = Map.groupBy(event.plan.steps, whereOf);
    if (event.type === 'attempt.finished') {
      this.#progress.delete(event.result.stepId);
      this.#usable = { ...this.#usable, ...usableBy(this.step(event.result.stepId)?.phase ?? '', event.result) };
    }
    return event;
  }

  /** Remembers what a step is doing. Returns false for a step that does not run, or no longer. */
  progressed(progress: Progress): boolean {
    if (this.step(progress.stepId)?.status !== 'running') return false;
    this.#progress.set(progress.stepId, progress);
    return true;
  }

  /** The latest progress of running steps, by step id. */
  get progress(): ReadonlyMap<string, Progress> {
    return this.#progress;
  }

  /** The gateway and the answer of the test function, as far as they are known. */
  get usable(): Usable {
    return this.#usable;
  }

  /** The view of the run; undefined before the first event. */
  get view(): RunView | undefined {
    if (this.#state.runId === '') return undefined;
    this.#view ??= view(this.#state);
    return this.#view;
  }

  /** The status of the run: `running` until it has ended. */
  get status(): RunView['status'] {
    return this.#state.status;
  }

  /** The identifier of the run; '' before the first event. */
  get runId(): string {
    return this.#state.runId;
  }

  /** See the event `run.created`. */
  get job(): string | undefined {
    return this.#state.job;
  }

  get mode(): RunView['mode'] {
    return this.#state.mode;
  }

  /** The plan of the run; an empty one before the first event. */
  get plan(): Plan {
    return this.#state.plan;
  }

  /** Returns a step; undefined for an unknown one. */
  step(id: string): StepBrief | undefined {
    const index = this.#state.lookup.indexes.get(id);
    const step = index === undefined ? undefined : this.#state.plan.steps[index];
    if (index === undefined || !step) return undefined;
    const state = this.#state.steps.get(index);
    const { phase, node, executor } = step;
    const status = stepStatusOf(state);
    const brief = { id, phase, node, executor, status, attempts: state.attempts, ...this.#next(index, state) };
    return (this.#alike.get(whereOf(step))?.length ?? 1) > 1 ? { ...brief, title: step.title } : brief;
  }

  #next(index: number, { position, failures }: StepState): Pick<StepBrief, 'nextAttemptAt' | 'attemptsLeft'> {
    const time = this.#state.timers.get(`step ${index}`);
    const retries = this.#state.plan.steps[index]?.policy.retries ?? 0;
    if (position !== 'waiting' || time === undefined) return {};
    return { nextAttemptAt: new Date(time).toISOString(), attemptsLeft: Math.max(0, retries + 1 - failures) };
  }

  /** Returns what a finished step gave, by task; undefined where it has not finished. */
  outputs(stepId: string): Readonly<Record<string, unknown>> | undefined {
    return outputsOfRun(this.#state)(stepId);
  }

  /** Whether no step of a phase is open any more. */
  hasEnded(phase: string): boolean {
    return this.#state.plan.steps.every(
      (step, index) =>
        step.phase !== phase || ['done', 'failed', 'skipped'].includes(this.#state.steps.get(index).position),
    );
  }

  /** The nodes that the last event made the run give up because they had been unreachable for too long. */
  get givenUp(): readonly { node: string; failure: Failure }[] {
    return this.#givenUp;
  }

  /** Returns the title that a task has in the plan. */
  taskTitle(stepId: string, taskId: string): string | undefined {
    const index = this.#state.lookup.indexes.get(stepId);
    const step = index === undefined ? undefined : this.#state.plan.steps[index];
    return step?.tasks.find(({ id }) => id === taskId)?.title;
  }
}

function whereOf({ executor, phase, node }: Step): string {
  return `${executor} ${phase} ${node}`;
}

function stepStatusOf(state: StepState): StepStatus {
  return state.position === 'queued' || state.position === 'dispatching' ? 'pending' : state.position;
}

function givenUpBetween(before: RunState, after: RunState): { node: string; failure: Failure }[] {
  if (before.nodes === after.nodes) return [];
  return [...after.nodes].flatMap(([node, { fate, failure }]) =>
    fate === 'failed' && failure?.code === 'unreachable' && before.nodes.get(node)?.fate === 'ok'
      ? [{ node, failure }]
      : [],
  );
}

import { apply, initialState, type StepState, view } from '@vhive/core/scheduler/index';
import type { Progress, RunEvent, RunView, Step, StepStatus, StreamMessage } from '@vhive/shared';
import { type Usable, usableBy } from '../render/noteworthy.ts';

/** A step as the plan has it, with where it stands: cheap to get, unlike the whole view. */
export interface StepBrief extends Pick<Step, 'id' | 'phase' | 'node' | 'executor'> {
  status: StepStatus;
  attempts: number;
  /** Only where executor, phase and node do not tell it from others. */
  title?: string;
}

type EventMessage = Extract<StreamMessage, { type: 'event' }>;

/** A run as the stream of its events tells it. Events that came before (after a lost connection) are passed over. */
export class FollowedRun {
  #state = initialState();
  #sequence = -1;
  #view: RunView | undefined;
  /** Steps by executor, phase and node. */
  #alike = new Map<string, Step[]>();
  #usable: Usable = {};
  readonly #progress = new Map<string, Progress>();

  /** Folds an event; undefined when it is known already. */
  accept(message: EventMessage): RunEvent | undefined {
    if (message.sequence <= this.#sequence) return undefined;
    this.#sequence = message.sequence;
    const { event } = message;
    this.#state = apply(this.#state, event).state;
    this.#view = undefined;
    if (event.type === 'run.created') this.#alike = Map.groupBy(event.plan.steps, placeOf);
    if (event.type === 'attempt.finished') {
      this.#progress.delete(event.result.stepId);
      this.#usable = { ...this.#usable, ...usableBy(this.step(event.result.stepId)?.phase ?? '', event.result) };
    }
    return event;
  }

  /** Remembers what a step is doing. */
  progressed(progress: Progress): void {
    if (this.step(progress.stepId)?.status === 'running') this.#progress.set(progress.stepId, progress);
  }

  /** Latest progress by step id, of running steps. */
  get progress(): ReadonlyMap<string, Progress> {
    return this.#progress;
  }

  /** The gateway and the test function's answer, as far as they are known. */
  get usable(): Usable {
    return this.#usable;
  }

  /** Undefined before the first event. */
  get view(): RunView | undefined {
    if (this.#state.runId === '') return undefined;
    this.#view ??= view(this.#state);
    return this.#view;
  }

  /** `running` until the run has ended. */
  get status(): RunView['status'] {
    return this.#state.status;
  }

  /** '' before the first event. */
  get runId(): string {
    return this.#state.runId;
  }

  get mode(): RunView['mode'] {
    return this.#state.mode;
  }

  /** Undefined for an unknown step. */
  step(id: string): StepBrief | undefined {
    const index = this.#state.lookup.indexes.get(id);
    const step = index === undefined ? undefined : this.#state.plan.steps[index];
    if (index === undefined || !step) return undefined;
    const state = this.#state.steps.get(index);
    const { phase, node, executor } = step;
    const brief = { id, phase, node, executor, status: statusOf(state), attempts: state.attempts };
    return (this.#alike.get(placeOf(step))?.length ?? 1) > 1 ? { ...brief, title: step.title } : brief;
  }

  /** Title of a task, as the plan has it. */
  taskTitle(stepId: string, taskId: string): string | undefined {
    const index = this.#state.lookup.indexes.get(stepId);
    const step = index === undefined ? undefined : this.#state.plan.steps[index];
    return step?.tasks.find(({ id }) => id === taskId)?.title;
  }
}

function placeOf({ executor, phase, node }: Step): string {
  return `${executor} ${phase} ${node}`;
}

function statusOf(state: StepState): StepStatus {
  return state.position === 'queued' || state.position === 'dispatching' ? 'pending' : state.position;
}

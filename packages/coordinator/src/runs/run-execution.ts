import {
  type Effect,
  type EffectOf,
  initialState,
  isLive,
  outputsOfRun,
  type RunOutcome,
  type RunState,
  replay,
  resolveParams,
  resume,
  view,
} from '@vhive/core/scheduler/index';
import {
  type AttemptSummary,
  COORDINATOR,
  type Command,
  type CommandReply,
  type Plan,
  type ReceiptOutcome,
  type RunEvent,
  type RunEventOf,
  type RunStep,
  type RunView,
  type Step,
  UNREACHABLE_AFTER_MS,
  VhiveError,
} from '@vhive/shared';
import type { Logger } from 'pino';
import { type Asked, believable, isAbout, resultInReply, unsendableResult } from './bound-result.ts';
import { CommitQueue } from './commit-queue.ts';
import { foldWithDispatches } from './fold-events.ts';
import { publishedFiles } from './published-files.ts';
import { isPublishing, type Said, standingOf } from './standing.ts';
import { WakeTimer } from './wake-timer.ts';

/** What a run needs of the world around it. */
export interface RunPorts {
  /** Stores events in order and durably. Rejects on a conflict, when another coordinator leads. */
  append(runId: string, events: RunEvent[]): Promise<unknown>;
  /** Sends a command until the agent acknowledges it or the signal aborts. */
  sendCommand(node: string, command: Command, options: { signal: AbortSignal }): Promise<CommandReply>;
  /** Runs a step of the coordinator itself. `created` says what its run goes by. */
  runLocally(command: RunStep, signal: AbortSignal, created: RunEventOf<'run.created'>): Promise<AttemptSummary>;
  /** Takes note of events once they are stored, before anything is done about them. Must not reject. */
  stored?(created: RunEventOf<'run.created'>, events: readonly RunEvent[]): Promise<void>;
  log: Logger;
  /**
   * Called once when the run cannot go on because the event store refused a write. The coordinator must then step down.
   */
  onBroken(cause: unknown): void;
}

/**
 * The results of many agents come within a few milliseconds of each other. The first result waits this long, in
 * milliseconds, so that one write stores them together.
 */
const GATHER_MS = 2;

type Created = RunEventOf<'run.created'>;

/**
 * One run under way: it stores every event before acting on it, feeds it to the scheduler, and carries out the effects
 * that the scheduler wants. All decisions are the scheduler's. All that happens here can be repeated after the process
 * was killed at any moment.
 */
export class RunExecution {
  readonly runId: string;
  readonly plan: Plan;
  readonly created: Created;
  #state: RunState = initialState();
  readonly #steps: Map<string, Step>;
  /** The number of events stored or replayed so far. */
  #position = 0;
  /**
   * The attempts that were given to their executors. The controller stops sending; undefined means that the executor
   * has answered, so nothing is left to stop.
   */
  readonly #sending = new Map<string, AbortController | undefined>();
  readonly #ports: RunPorts;
  readonly #queue: CommitQueue<RunEvent>;
  readonly #timer: WakeTimer;
  /**
   * The time, in milliseconds since the epoch, until which agents may still be coming back after a restart of this
   * coordinator.
   */
  #hearFirst = 0;
  #underWay = false;
  readonly #stop = new AbortController();

  private constructor(created: Created, ports: RunPorts) {
    this.created = created;
    this.runId = created.runId;
    this.plan = created.plan;
    this.#ports = ports;
    this.#steps = new Map(created.plan.steps.map((step) => [step.id, step]));
    this.#queue = new CommitQueue((events) => this.#commit(events), GATHER_MS);
    this.#timer = new WakeTimer(() => this.submit({ type: 'time.passed', at: now() }));
  }

  /** Begins a run. Its first event is stored before the promise resolves. */
  static async begin(created: Created, ports: RunPorts): Promise<RunExecution> {
    const run = new RunExecution(created, ports);
    run.#underWay = true;
    await run.#queue.add(created);
    return run;
  }

  /**
   * Replays a stored run; {@link resume} sets it going again. The result is undefined when the first event is missing.
   */
  static replay(events: readonly RunEvent[], ports: RunPorts): RunExecution | undefined {
    const first = events[0];
    if (first?.type !== 'run.created') return undefined;
    const run = new RunExecution(first, ports);
    run.#state = replay(events, run.#state);
    run.#position = events.length;
    return run;
  }

  /**
   * Carries out what the replayed state still asks for: commands that are not known to be acknowledged, ready steps and
   * timers.
   */
  resume(): void {
    this.#underWay = true;
    this.#hearFirst = Date.now() + UNREACHABLE_AFTER_MS;
    this.#perform(resume(this.#state));
  }

  /** The outcome of the run; undefined while it is under way. */
  get outcome(): RunOutcome | undefined {
    return this.#state.status === 'running' ? undefined : this.#state.status;
  }

  /** Whether the run was begun or resumed in this process and has not ended: somebody may be following it. */
  get underWay(): boolean {
    return this.#underWay && this.outcome === undefined;
  }

  /** The outcome that the run is to have, as soon as what is under way has ended; undefined while nothing decides it. */
  get ending(): RunOutcome | undefined {
    return this.#state.halt?.outcome ?? this.#state.finishing;
  }

  /** The number of events that the run has in the store, which is the sequence of the newest one. */
  get position(): number {
    return this.#position;
  }

  view(): RunView {
    return view(this.#state);
  }

  /** See {@link standingOf}. */
  standingOf(node: string, said: Said): ReturnType<typeof standingOf> {
    return standingOf(this.#state, node, said);
  }

  /**
   * Takes in the result that a node reports. It counts only for an attempt that is under way on that node, and only as
   * far as it can be believed; see {@link believable}. Resolves once it is stored, or is known to be of no use.
   */
  async report(node: string, result: AttemptSummary): Promise<ReceiptOutcome> {
    const standing = standingOf(this.#state, node, result);
    const step = this.#steps.get(result.stepId);
    if (standing === 'foreign' || step === undefined) return 'foreign';
    const asked = this.#asked(step, result.attemptId);
    if (!isAbout(result, asked)) return 'foreign';
    if (standing === 'past') return 'stale';
    await this.#finished(believable(asked, result));
    return 'stored';
  }

  /** See {@link isPublishing}. */
  isPublishing(node: string): boolean {
    return this.outcome === undefined && isPublishing(this.#state, node);
  }

  /** See {@link publishedFiles}. */
  get publishedFiles(): Set<string> {
    return publishedFiles(this.#state);
  }

  /** Stores an event and acts on it. Resolves once it is stored. */
  async deliver(event: RunEvent): Promise<void> {
    await this.#queue.add(event);
  }

  /** Does the same as {@link deliver} for callers that do not wait. */
  submit(event: RunEvent): void {
    this.#queue.add(event).catch((cause: unknown) => {
      if (!this.#stop.signal.aborted) this.#ports.log.debug({ err: cause }, 'event not stored');
    });
  }

  /** Lets go of the run without ending it. What the agents do goes on, and their results wait in their outboxes. */
  halt(): void {
    this.#stop.abort(new Error('the coordinator stops'));
    this.#queue.stop(this.#stop.signal.reason);
    this.#timer.stop();
    for (const sending of this.#sending.values()) sending?.abort(this.#stop.signal.reason);
  }

  /**
   * Makes one write of the events that have come and of those that the scheduler adds at once, which are the attempts
   * to be dispatched. The new state counts, and the effects are carried out, only when the write has succeeded.
   */
  async #commit(arrived: RunEvent[]): Promise<void> {
    const { state, events, effects } = foldWithDispatches(this.#state, arrived, (event, cause) =>
      this.#ports.log.error({ err: cause, type: event.type }, 'an event cannot be taken in; it is put aside'),
    );
    if (events.length === 0) return;
    try {
      await this.#ports.append(this.runId, events);
    } catch (cause) {
      if (!this.#stop.signal.aborted) this.#ports.onBroken(cause);
      throw cause;
    }
    this.#state = state;
    this.#position += events.length;
    await this.#ports.stored?.(this.created, events);
    for (const event of events) {
      if (event.type === 'attempt.finished')
        this.#sending.get(event.result.attemptId)?.abort(new Error('the attempt has ended'));
      if (event.type === 'run.finished') this.#timer.stop();
    }
    this.#perform(effects);
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'dispatch':
          void this.#dispatch(effect);
          break;
        case 'cancel':
          void this.#cancel(effect);
          break;
        case 'wake':
          // No node is given up because this coordinator itself was away.
          this.#timer.wakeAt(Math.max(Date.parse(effect.at), this.#hearFirst));
          break;
        case 'finish':
          this.submit({ type: 'run.finished', at: now(), outcome: effect.outcome });
          break;
      }
    }
  }

  async #dispatch({ stepId, attemptId, number, resend: stored }: EffectOf<'dispatch'>): Promise<void> {
    const step = this.#steps.get(stepId);
    if (!step || this.#sending.has(attemptId)) return;
    const sending = new AbortController();
    this.#sending.set(attemptId, sending);
    try {
      if (!stored) await this.deliver({ type: 'attempt.dispatched', at: now(), stepId, attemptId, number });
      if (!isLive(this.#state, stepId, attemptId)) return;
      const result = await this.#execute(step, this.#commandFor(step, attemptId), sending.signal);
      this.#sending.set(attemptId, undefined);
      if (result) await this.#finished(result);
    } catch (cause) {
      if (!sending.signal.aborted && !this.#stop.signal.aborted)
        this.#ports.log.error({ err: cause, stepId, attemptId }, 'a step could not be dispatched');
    } finally {
      this.#sending.delete(attemptId);
    }
  }

  /**
   * Gives a step to its executor. The promise resolves with the result when it is known at once, and with undefined
   * when it will come as an event.
   */
  async #execute(step: Step, command: RunStep, signal: AbortSignal): Promise<AttemptSummary | undefined> {
    if (step.executor === COORDINATOR) return await this.#ports.runLocally(command, signal, this.created);
    try {
      return resultInReply(command, await this.#ports.sendCommand(step.executor, command, { signal }));
    } catch (cause) {
      if (cause instanceof VhiveError && cause.code === 'usage') return unsendableResult(command, cause.message);
      throw cause;
    }
  }

  async #finished(result: AttemptSummary): Promise<void> {
    await this.deliver({ type: 'attempt.finished', at: now(), result, jitter: Math.random() });
  }

  #asked({ id, tasks }: Step, attemptId: string): Asked {
    return { runId: this.runId, stepId: id, attemptId, mode: this.created.mode, tasks };
  }

  #commandFor(step: Step, attemptId: string): RunStep {
    return {
      type: 'step.run',
      runId: this.runId,
      stepId: step.id,
      attemptId,
      phase: step.phase,
      mode: this.created.mode,
      tasks: resolveParams(step, outputsOfRun(this.#state)),
      timeLimitMs: step.policy.timeLimitMs,
    };
  }

  async #cancel({ attemptId, executor, reason }: EffectOf<'cancel'>): Promise<void> {
    this.#sending.get(attemptId)?.abort(new Error(reason));
    if (executor === COORDINATOR) return;
    const limit = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(60_000)]);
    await this.#ports
      .sendCommand(executor, { type: 'step.cancel', attemptId, reason }, { signal: limit })
      .catch((cause: unknown) => this.#ports.log.warn({ err: cause, attemptId }, 'cancellation not acknowledged'));
  }
}

function now(): string {
  return new Date().toISOString();
}

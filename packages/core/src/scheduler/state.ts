import type { Failure, Plan, RunEventOf, RunStatus, Span, TaskResult } from '@vhive/shared';
import type { RunOutcome } from './effects.ts';
import { PersistentArray } from './persistent-array.ts';
import { lookupOf, type PlanLookup } from './plan-lookup.ts';

/**
 * How far a step has come, in finer detail than people see (`stepStatus` in shared). A `pending` step waits for others.
 * A `queued` one could run, but its group is full or its executor is unreachable. For a `dispatching` one the dispatch
 * effect is out, but `attempt.dispatched` is not stored yet. A `waiting` one pauses between two attempts.
 */
export type StepPosition = 'pending' | 'queued' | 'dispatching' | 'running' | 'waiting' | 'done' | 'failed' | 'skipped';

/** The state of one step. */
export interface StepState {
  readonly position: StepPosition;
  /**
   * The number of steps that this one still waits for: needed ones that are not done, and awaited ones that have not
   * ended.
   */
  readonly open: number;
  /** The number of attempts that were begun over the whole run, which is also the number of the latest one. */
  readonly attempts: number;
  /** The id of the latest attempt; '' before the first one. */
  readonly attemptId: string;
  /**
   * The number of failed attempts since the step was last (re)opened, which counts against the retries of its policy.
   */
  readonly failures: number;
  /** The number of interrupted attempts since the step was last (re)opened. */
  readonly interruptions: number;
  /** The time at which the first attempt was dispatched. */
  readonly startedAt?: string | undefined;
  /** The time at which the running attempt was dispatched; absent while none runs. */
  readonly attemptStartedAt?: string | undefined;
  /** When the attempts that have ended were at work. The pauses between them are in none of these spans. */
  readonly spans: readonly Span[];
  /** The time at which the step was done, failed for good or was skipped. */
  readonly finishedAt?: string | undefined;
  /** The results of the tasks of the attempt that finished last. */
  readonly tasks: readonly TaskResult[];
  /** The outputs by task id, which only an attempt that ended well gives. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The reason why the last attempt failed or the step was skipped. */
  readonly failure?: Failure | undefined;
}

/** The state of one node. */
export interface NodeState {
  /**
   * A node that is `ok` takes part in the run. It is `failed` when one of its steps failed for good or it was given up,
   * and `removed` when the operator removed it.
   */
  readonly fate: 'ok' | 'failed' | 'removed';
  /** The first cause of `failed` or `removed`. */
  readonly failure?: Failure | undefined;
  /** The time of its last sign of life, which is set only while the node is unreachable. */
  readonly unreachableSince?: string | undefined;
}

/** The reason why nothing new is started any more. */
export interface Halt {
  readonly outcome: RunOutcome;
  readonly reason: string;
  /** Whether the running attempts have been told to stop. */
  readonly cancelling: boolean;
}

/** How many steps of a group run, and the indexes of those that wait, first come first served. */
export interface GroupState {
  readonly running: number;
  readonly queue: readonly number[];
}

/** The state of a run, which is the fold of its events. It is never changed in place. */
export interface RunState {
  /** The id of the run; '' until `run.created`. */
  readonly runId: string;
  readonly plan: Plan;
  readonly lookup: PlanLookup;
  readonly mode: RunEventOf<'run.created'>['mode'];
  /** What it does, where it is a job; see the event `run.created`. */
  readonly job: string | undefined;
  readonly inputHash: string;
  readonly giveUpAfterMs: number;
  readonly timeoutMs: number | undefined;
  /** How much of the time limit that was asked for had passed before the run began, in milliseconds. */
  readonly spentMs: number;
  readonly createdAt: string;
  readonly finishedAt: string | undefined;
  /** The status, which is `running` until `run.finished`. */
  readonly status: RunStatus;
  /** The latest time of any event, in milliseconds since 1970. */
  readonly now: number;
  /** The states of the steps, by their index in the plan. */
  readonly steps: PersistentArray<StepState>;
  /** The states of all nodes of the plan, by name. */
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly groups: ReadonlyMap<string, GroupState>;
  /** The indexes of queued steps whose executor is unreachable, by executor. */
  readonly parked: ReadonlyMap<string, readonly number[]>;
  /** The number of steps that have not ended. */
  readonly unfinished: number;
  /** The number of steps that run or are about to. */
  readonly live: number;
  /**
   * The timers: the times, in milliseconds since 1970, at which something is to happen. They are named `step <index>`,
   * `node <name>`, `timeout` and `grace`.
   */
  readonly timers: ReadonlyMap<string, number>;
  /** The time of the wake that was asked for last, in milliseconds since 1970. */
  readonly wakeAt: number | undefined;
  readonly halt: Halt | undefined;
  /** The outcome of the run while the finish effect is out and `run.finished` is not stored yet. */
  readonly finishing: RunOutcome | undefined;
}

const emptyPlan: Plan = { phases: [], controlPlane: '', nodes: [], steps: [] };

/** Returns the state before the first event. */
export function initialState(): RunState {
  return {
    runId: '',
    plan: emptyPlan,
    lookup: lookupOf(emptyPlan),
    mode: 'apply',
    job: undefined,
    inputHash: '',
    giveUpAfterMs: 0,
    timeoutMs: undefined,
    spentMs: 0,
    createdAt: '',
    finishedAt: undefined,
    status: 'running',
    now: 0,
    steps: PersistentArray.from<StepState>([]),
    nodes: new Map(),
    groups: new Map(),
    parked: new Map(),
    unfinished: 0,
    live: 0,
    timers: new Map(),
    wakeAt: undefined,
    halt: undefined,
    finishing: undefined,
  };
}

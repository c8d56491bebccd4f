import type { Failure, Plan, RunEventOf, RunStatus, TaskResult } from '@vhive/shared';
import type { RunOutcome } from './effects.ts';
import { PersistentArray } from './persistent-array.ts';
import { indexPlan, type PlanIndex } from './plan-index.ts';

/**
 * Where a step stands, finer than what people see (`stepStatus` in shared):
 * pending: needs or awaited steps are open; queued: could run, but its group is full or its executor unreachable;
 * dispatching: a dispatch effect is out, `attempt.dispatched` not yet stored; waiting: between two attempts.
 */
export type StepPosition = 'pending' | 'queued' | 'dispatching' | 'running' | 'waiting' | 'done' | 'failed' | 'skipped';

/** What is known of one step. */
export interface StepState {
  readonly position: StepPosition;
  /** Needed steps that are not done, and awaited ones that have not ended. */
  readonly open: number;
  /** Attempts begun, over the whole run; the number of the latest. */
  readonly attempts: number;
  /** The latest attempt; '' before the first. */
  readonly attemptId: string;
  /** Failed attempts since the step was last (re)opened: counted against the policy's retries. */
  readonly failures: number;
  /** Interrupted attempts since the step was last (re)opened. */
  readonly interruptions: number;
  /** When the first attempt was dispatched. */
  readonly startedAt?: string | undefined;
  /** When it was done, failed for good or was skipped. */
  readonly finishedAt?: string | undefined;
  /** Results of the last finished attempt's tasks. */
  readonly tasks: readonly TaskResult[];
  /** By task id; only of an attempt that ended well. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Why the last attempt failed, or the step was skipped. */
  readonly failure?: Failure | undefined;
}

/** What is known of one node. */
export interface NodeState {
  /** ok: takes part; failed: a step failed for good or it was given up; removed: by the operator. */
  readonly fate: 'ok' | 'failed' | 'removed';
  /** The first cause of `failed` or `removed`. */
  readonly failure?: Failure | undefined;
  /** Last sign of life; set while the node is unreachable. */
  readonly unreachableSince?: string | undefined;
}

/** Why nothing new is started any more. */
export interface Halt {
  readonly outcome: RunOutcome;
  readonly reason: string;
  /** true: running attempts have been told to stop. */
  readonly cancelling: boolean;
}

/** How much of a group is in use, and who waits (places in the plan, first come first served). */
export interface GroupState {
  readonly running: number;
  readonly queue: readonly number[];
}

/** The state of a run: the fold of its events. Never changed in place. */
export interface RunState {
  /** '' until `run.created`. */
  readonly runId: string;
  readonly plan: Plan;
  readonly index: PlanIndex;
  readonly mode: RunEventOf<'run.created'>['mode'];
  readonly inputHash: string;
  readonly giveUpAfterMs: number;
  readonly timeoutMs: number | undefined;
  readonly createdAt: string;
  readonly finishedAt: string | undefined;
  /** `running` until `run.finished`. */
  readonly status: RunStatus;
  /** The latest time of any event, milliseconds since 1970. */
  readonly now: number;
  /** By place in the plan. */
  readonly steps: PersistentArray<StepState>;
  /** Every node of the plan. */
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly groups: ReadonlyMap<string, GroupState>;
  /** Queued steps whose executor is unreachable, by executor. */
  readonly parked: ReadonlyMap<string, readonly number[]>;
  /** Steps that have not ended. */
  readonly unfinished: number;
  /** Steps running or about to. */
  readonly live: number;
  /** When something happens by itself, milliseconds since 1970: `step <place>`, `node <name>`, `timeout`, `grace`. */
  readonly timers: ReadonlyMap<string, number>;
  /** The wake asked for last, milliseconds since 1970. */
  readonly wakeAt: number | undefined;
  readonly halt: Halt | undefined;
  /** A finish effect is out, `run.finished` not yet stored. */
  readonly finishing: RunOutcome | undefined;
}

const emptyPlan: Plan = { phases: [], controlPlane: '', nodes: [], steps: [] };

/** The state before the first event. */
export function initialState(): RunState {
  return {
    runId: '',
    plan: emptyPlan,
    index: indexPlan(emptyPlan),
    mode: 'apply',
    inputHash: '',
    giveUpAfterMs: 0,
    timeoutMs: undefined,
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

import type { RunStatus } from '@vhive/shared';

/** The ways in which a run can end. */
export type RunOutcome = Exclude<RunStatus, 'running'>;

/**
 * What the scheduler wants to be done. It does nothing itself: the runner carries effects out and stores their results
 * as events.
 */
export type Effect =
  /**
   * Start an attempt: store `attempt.dispatched` and then, if {@link isLive} says so, send the step to its executor
   * until it is acknowledged. With `resend`, the event is stored already because the coordinator was restarted since,
   * and the step is only sent again.
   */
  | { type: 'dispatch'; stepId: string; attemptId: string; number: number; resend: boolean }
  /**
   * Tell the executor to stop an attempt. Its result still arrives; if it does not, the run ends without it after a
   * while.
   */
  | { type: 'cancel'; attemptId: string; executor: string; reason: string }
  /**
   * Store `time.passed` at this time (ISO 8601). The effect replaces the wake before it, because one timer is enough.
   */
  | { type: 'wake'; at: string }
  /** Nothing is left to do: store `run.finished`. */
  | { type: 'finish'; outcome: RunOutcome };

/** The effect of one type. */
export type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

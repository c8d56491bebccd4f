import type { RunStatus } from '@vhive/shared';

/** How a run can end. */
export type RunOutcome = Exclude<RunStatus, 'running'>;

/** What the scheduler wants done. It does nothing itself: the runner carries effects out and stores what came of them. */
export type Effect =
  /**
   * Start an attempt: store `attempt.dispatched`, then, if {@link isLive} says so, send the step to its executor until
   * it is acknowledged. resend: the event is stored already (the coordinator was restarted); only send again.
   */
  | { type: 'dispatch'; stepId: string; attemptId: string; number: number; resend: boolean }
  /** Tell the executor to stop an attempt; its result still arrives, or is done without after a while. */
  | { type: 'cancel'; attemptId: string; executor: string; reason: string }
  /** Store `time.passed` at this time (ISO 8601). Replaces the wake before it: one timer is enough. */
  | { type: 'wake'; at: string }
  /** Nothing is left to do: store `run.finished`. */
  | { type: 'finish'; outcome: RunOutcome };

/** An effect of one type. */
export type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

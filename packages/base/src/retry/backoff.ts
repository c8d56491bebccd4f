import { type BackoffLimits, backoffPause } from '@vhive/shared';

/** The pauses of something that is tried again and again until it succeeds. */
export interface Backoff {
  /** The next pause, milliseconds. */
  nextMs(): number;
  /** Begins anew with the shortest pause; to be called after a success. */
  reset(): void;
}

/** Makes a back-off; its jitter keeps thousands of agents from coming back at the same moment. */
export function createBackoff(limits: BackoffLimits): Backoff {
  let repetition = 0;
  return {
    nextMs: () => randomPause(limits, repetition++),
    reset() {
      repetition = 0;
    },
  };
}

/** As {@link backoffPause}, with chance for its jitter: for those who count the repetitions themselves. */
export function randomPause(limits: BackoffLimits, repetition: number): number {
  return backoffPause(limits, repetition, Math.random());
}

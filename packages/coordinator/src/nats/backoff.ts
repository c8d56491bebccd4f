import { randomPause } from '@vhive/base/retry/backoff';
import { pause } from '@vhive/base/retry/sleep';

/** NATS comes back within moments, if at all: what was asked of it is asked again soon. */
const LIMITS = { firstMs: 250, longestMs: 5_000 };

/** Waits before something is asked of NATS again: for the first time (`repetition` 0) shortly, at most 5 s. Ends early, without an error, on an abort. */
export async function pauseBeforeRepetition(repetition: number, signal?: AbortSignal): Promise<void> {
  await pause(randomPause(LIMITS, repetition), signal);
}

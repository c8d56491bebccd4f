import { randomPause } from '@vhive/base/retry/backoff';
import { pause } from '@vhive/base/retry/sleep';

/** NATS comes back within moments, if it does at all, so requests to it are repeated soon. */
const LIMITS = { firstMs: 250, longestMs: 5_000 };

/**
 * Waits before a request to NATS is repeated. The wait is short before the first repetition (`repetition` 0) and at
 * most 5 s. It ends early, without an error, when the signal aborts.
 */
export async function pauseBeforeRepetition(repetition: number, signal?: AbortSignal): Promise<void> {
  await pause(randomPause(LIMITS, repetition), signal);
}

/** Whether a failed try is worth a word to people: the second one in a row, and then one in about a minute. */
export function isTold(repetition: number): boolean {
  return repetition % 12 === 1;
}

import { backoffPause } from '@vhive/shared';

/** The longest pause between two attempts, in milliseconds. */
export const MAX_BACKOFF_MS = 60_000;

/**
 * Returns the pause before the next attempt, in whole milliseconds. It doubles with every failure, up to a minute.
 *
 * @param failures the number of attempts that have failed so far, at least 1
 * @param jitter a number in [0, 1), which comes with the event so that a replay gives the same pause
 */
export function backoff(backoffMs: number, failures: number, jitter: number): number {
  return Math.round(backoffPause({ firstMs: backoffMs, longestMs: MAX_BACKOFF_MS }, failures - 1, jitter));
}

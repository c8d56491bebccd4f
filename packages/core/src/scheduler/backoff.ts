import { backoffPause } from '@vhive/shared';

/** Longest pause between two attempts, milliseconds. */
export const MAX_BACKOFF_MS = 60_000;

/**
 * The pause before the next attempt, whole milliseconds: it doubles with every failure up to a minute.
 *
 * @param failures attempts failed so far, at least 1
 * @param jitter in [0, 1): comes with the event, so that a replay gives the same pause
 */
export function backoff(backoffMs: number, failures: number, jitter: number): number {
  return Math.round(backoffPause({ firstMs: backoffMs, longestMs: MAX_BACKOFF_MS }, failures - 1, jitter));
}

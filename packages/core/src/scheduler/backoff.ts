/** The longest pause between two attempts, in milliseconds. */
export const MAX_BACKOFF_MS = 60_000;

/**
 * Returns the pause before the next attempt, in milliseconds. It doubles with every failure, up to a minute. Half of it
 * is random, so that many nodes that failed together do not come back together.
 *
 * @param failures the number of attempts that have failed so far, at least 1
 * @param jitter a random number in [0, 1)
 */
export function backoff(backoffMs: number, failures: number, jitter: number): number {
  return Math.round(backoffPause({ firstMs: backoffMs, longestMs: MAX_BACKOFF_MS }, failures - 1, jitter));
}

/** The bounds of the pauses between attempts, in milliseconds. */
export interface BackoffLimits {
  /** The longest pause after the first failure. */
  firstMs: number;
  /** No pause is longer than this, however often an attempt has failed. */
  longestMs: number;
}

/**
 * Returns the pause after a failed attempt, in milliseconds. It doubles with every failure, up to the longest. Half of it
 * is random, so that many who failed together do not come back together.
 *
 * @param repetition the number of attempts that failed before this one, from 0
 * @param jitter the random part, in [0, 1)
 */
export function backoffPause({ firstMs, longestMs }: BackoffLimits, repetition: number, jitter: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(repetition, 30));
  return full / 2 + (full / 2) * jitter;
}

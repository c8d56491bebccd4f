/** Longest pause between two attempts, milliseconds. */
export const MAX_BACKOFF_MS = 60_000;

/**
 * The pause before the next attempt, milliseconds: doubles with every failure up to a minute, of which the random half
 * keeps many nodes that failed together from coming back together.
 *
 * @param failures attempts failed so far, at least 1
 * @param jitter in [0, 1)
 */
export function backoff(backoffMs: number, failures: number, jitter: number): number {
  const full = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * jitter);
}

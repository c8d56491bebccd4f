/** Before the first repetition, milliseconds. */
const FIRST_MS = 250;
/** Never longer than this, milliseconds. */
const LONGEST_MS = 5_000;

/**
 * How long to wait before repetition `attempt` (counting from 0), milliseconds: doubles from 250 ms to 5 s, of which
 * half is random, so that a thousand senders do not come back at the same moment.
 */
export function backoffMs(attempt: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return full / 2 + (Math.random() * full) / 2;
}

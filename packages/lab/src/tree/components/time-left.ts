/** How long a piece of work was expected to take, in seconds, and how long it took. */
export interface Pace {
  readonly expected: number;
  readonly took: number;
}

/** For so many seconds of work the recorded times are trusted before the machine's own pace counts as much. */
const trusted = 60;

/**
 * Returns how many seconds are left: the recorded times of what remains, at the pace that was seen so far.
 *
 * @param done what was finished in this build; work that was kept from an earlier one does not count
 * @param remaining the recorded seconds of what is not finished, the current piece included
 * @param elapsed the seconds for which the current piece has been running
 */
export function timeLeft(done: readonly Pace[], remaining: readonly number[], elapsed = 0): number {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const expected = sum(done.map((pace) => pace.expected)) + trusted;
  const pace = (sum(done.map(({ took }) => took)) + trusted) / expected;
  const [current = 0, ...later] = remaining.map((seconds) => seconds * pace);
  return Math.max(0, current - elapsed) + sum(later);
}

/** Says a number of seconds in the words of a progress line. */
export function saySeconds(seconds: number): string {
  if (seconds < 90) return `${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  return `${Math.round(seconds / 60)} min`;
}

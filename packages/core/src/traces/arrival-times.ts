/** Where within an interval the calls of a function come. The names are those of invitro's `IATDistribution`. */
export const distributions = [
  'exponential',
  'exponential_shift',
  'uniform',
  'uniform_shift',
  'equidistant',
  'equidistant_shift',
] as const;

/** One of {@link distributions}. */
export type Distribution = (typeof distributions)[number];

/**
 * Returns when the calls of one interval come, in milliseconds since its start, ascending: exactly so many as are asked
 * for. The times between them are drawn from the distribution, and stretched so that they fill the interval. The first
 * comes at its start; with `_shift` the whole sequence is turned by a random time, so that the functions of a trace do
 * not all begin at once.
 */
export function arrivalTimes(
  count: number,
  lengthMs: number,
  distribution: Distribution,
  random: () => number,
): number[] {
  if (count === 0) return [];
  const gaps = Array.from({ length: count }, () => drawGap(distribution, random));
  const sum = gaps.reduce((total, gap) => total + gap, 0);
  const times: number[] = [];
  let passed = 0;
  for (const gap of gaps) {
    times.push((passed / sum) * lengthMs);
    passed += gap;
  }
  if (!distribution.endsWith('_shift')) return times;
  const turn = random() * lengthMs;
  return times.map((time) => (time >= turn ? time - turn : time - turn + lengthMs)).sort((a, b) => a - b);
}

/** Draws a time between two calls, of any unit. It is never 0, so that the sum of some is not. */
function drawGap(distribution: Distribution, random: () => number): number {
  // The numbers lie in [0, 1), and these in (0, 1].
  const drawn = 1 - random();
  if (distribution.startsWith('exponential')) return -Math.log(drawn) || Number.MIN_VALUE;
  return distribution.startsWith('uniform') ? drawn : 1;
}

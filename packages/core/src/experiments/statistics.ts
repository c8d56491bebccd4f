/** A median, and an interval in which the median of all possible measurements lies with some confidence. */
export interface MedianInterval {
  median: number;
  /** The ends of the interval, which are measured values; undefined where there are too few for the confidence. */
  interval: readonly [low: number, high: number] | undefined;
}

/** How likely it is that the interval has the true median. */
const CONFIDENCE = 0.95;

/**
 * Returns the median of some values and its confidence interval by order statistics, which assumes nothing of their
 * distribution. Fewer than six values have no interval of 95 %. Throws a RangeError where there is no value.
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  const at = (index: number) => {
    const value = sorted[index];
    if (value === undefined) throw new RangeError('there is no value');
    return value;
  };
  const median = (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2;
  const outside = widestTail(count);
  return { median, interval: outside === 0 ? undefined : [at(outside - 1), at(count - outside)] };
}

/** For more values than this, the normal distribution is near enough to the binomial one. */
const EXACT = 200;
/** The quantile of the normal distribution that belongs to the confidence. */
const NORMAL_QUANTILE = 1.96;

/**
 * Returns the largest rank k for which the k-th smallest and the k-th largest value enclose the median with the
 * confidence: P(at most k-1 of `count` values lie below it) is at most half of what is left of 1.
 */
function widestTail(count: number): number {
  if (count > EXACT) return Math.floor((count - NORMAL_QUANTILE * Math.sqrt(count)) / 2);
  const most = (1 - CONFIDENCE) / 2;
  let probability = 0.5 ** count;
  let sum = 0;
  let rank = 0;
  for (let below = 0; below < count / 2; below += 1) {
    sum += probability;
    if (sum > most) break;
    rank = below + 1;
    probability *= (count - below) / (below + 1);
  }
  return rank;
}

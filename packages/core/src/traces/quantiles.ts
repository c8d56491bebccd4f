/** Some points of a distribution, by ascending share: `[0.25, 12]` says that a quarter of all values is at most 12. */
export type Quantiles = readonly (readonly [share: number, value: number])[];

/**
 * Returns the value below which that share of all values lies. Between two points it rises evenly; below the first and
 * above the last point it is theirs.
 */
export function valueAt(quantiles: Quantiles, share: number): number {
  let [before] = quantiles;
  if (before === undefined) return 0;
  for (const point of quantiles) {
    const [above, value] = point;
    if (share <= above) {
      const [below, least] = before;
      return above === below ? value : least + ((share - below) / (above - below)) * (value - least);
    }
    before = point;
  }
  return before[1];
}

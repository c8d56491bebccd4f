/** Where values are drawn along an axis, and which of them are written at it. */
export interface Scale {
  /** The place of a value, in pixels. */
  at(value: number): number;
  ticks: number[];
}

/** The range of pixels of an axis. The second may be the smaller one: up is smaller in a picture. */
export type Pixels = readonly [number, number];

/** An axis on which equal distances are equal differences. It begins at 0. */
export function linearScale(highest: number, [from, to]: Pixels): Scale {
  const top = highest > 1e-6 ? highest : 1;
  const step = niceStep(top / 6);
  const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, n) => n * step);
  return { at: (value) => from + (value / top) * (to - from), ticks };
}

/** An axis must have so many numbers written at it, or nobody could read it. */
const FEWEST_TICKS = 2;

/**
 * An axis on which equal distances are equal ratios. What is below its lowest value is drawn at its beginning. A range
 * without round numbers in it is widened to the next ones.
 */
export function logScale(lowest: number, highest: number, pixels: Pixels): Scale {
  const scale = exactLogScale(lowest, highest, pixels);
  if (scale.ticks.length >= FEWEST_TICKS) return scale;
  const [low, high] = [Math.max(lowest, 1e-6), Math.max(highest, lowest, 1e-6)];
  return exactLogScale(1 / niceStep(1 / low), niceStep(high * 1.01), pixels);
}

function exactLogScale(lowest: number, highest: number, [from, to]: Pixels): Scale {
  const low = Math.log10(Math.max(lowest, 1e-6));
  const high = Math.max(Math.log10(Math.max(highest, 1e-6)), low + 0.3);
  const share = (value: number) => (Math.log10(Math.max(value, 1e-6)) - low) / (high - low);
  const decades = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, n) => 10 ** (Math.floor(low) + n));
  const within = (value: number) => value >= 10 ** low * 0.999 && value <= 10 ** high * 1.001;
  const steps = high - low > 3 ? [1] : [1, 2, 5];
  const ticks = decades.flatMap((decade) => steps.map((step) => step * decade)).filter(within);
  return { at: (value) => from + Math.min(1, Math.max(0, share(value))) * (to - from), ticks };
}

/** The next of 1, 2, 5, 10, 20 … that is not smaller. */
function niceStep(step: number): number {
  const decade = 10 ** Math.floor(Math.log10(step));
  const times = [1, 2, 5].find((one) => one * decade >= step * (1 - 1e-9)) ?? 10;
  return times * decade;
}

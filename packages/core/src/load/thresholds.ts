import { type Latency, type LoadTotals, VhiveError } from '@vhive/shared';

const latencies: Readonly<Record<string, keyof Latency>> = {
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  'p99.9': 'p999',
  max: 'max',
  mean: 'mean',
};
const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
const form = /^\s*(?<what>[a-z0-9.]+)\s*(?<operator>[<>]=?)\s*(?<number>\d+(?:\.\d+)?)\s*(?<unit>us|ms|s|%)?\s*$/;

/** A bound that a load must keep. */
export interface Threshold {
  /** As it was written: `p99>200ms`. */
  text: string;
  /** Whether the load is as bad as the text says, and the figure in question. */
  judge(totals: LoadTotals): { met: boolean; value: string };
}

/**
 * Reads when a load counts as failed: `p99>200ms` (p50, p90, p95, p99, p99.9, max or mean, from the intended time; us, ms or
 * s), `errors>1%` or `errors>10` (timeouts among them), `rps<95%` (of the rate asked) or `rps<950`. Throws `usage` for
 * anything else.
 */
export function parseThreshold(text: string): Threshold {
  const { what = '', operator = '', number = '', unit = '' } = form.exec(text)?.groups ?? {};
  const bound = Number(number);
  const exceeds = (value: number) => compare(value, operator, bound);
  const latency = Object.hasOwn(latencies, what) ? latencies[what] : undefined;
  const perUnit = unitMs[unit];
  if (latency !== undefined && perUnit !== undefined)
    return {
      text,
      judge: ({ fromIntended }) => judged(fromIntended[latency] / perUnit, exceeds, unit),
    };
  if (what === 'errors' && ['', '%'].includes(unit))
    return {
      text,
      judge({ errors, timeouts, planned }) {
        const failed = errors + timeouts;
        return judged(unit === '' ? failed : (100 * failed) / Math.max(1, planned), exceeds, unit);
      },
    };
  if (what === 'rps' && ['', '%'].includes(unit))
    return {
      text,
      judge: ({ askedRps, reachedRps }) =>
        judged(unit === '' ? reachedRps : askedRps === 0 ? 100 : (100 * reachedRps) / askedRps, exceeds, unit),
    };
  throw new VhiveError({
    code: 'usage',
    message: `'${text}' is no bound of a load`,
    hint: "write --fail-if 'p99>200ms' (or p50, p90, p95, p99.9, max, mean), 'errors>1%' or 'rps<95%'",
  });
}

function judged(value: number, exceeds: (value: number) => boolean, unit: string) {
  return { met: exceeds(value), value: `${Number(value.toFixed(3))}${unit}` };
}

function compare(value: number, operator: string, bound: number): boolean {
  if (operator === '>') return value > bound;
  if (operator === '>=') return value >= bound;
  return operator === '<' ? value < bound : value <= bound;
}

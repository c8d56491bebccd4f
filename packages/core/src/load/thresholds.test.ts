import type { LoadTotals } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { parseThreshold } from './thresholds.ts';

const latency = { count: 90, mean: 20, p50: 10, p90: 50, p95: 80, p99: 200, p999: 1500, max: 2000 };
const totals: LoadTotals = {
  ...{ planned: 100, sent: 100, ok: 90, errors: 7, timeouts: 3, limited: 0, warmUp: 0, interrupted: false },
  ...{ seconds: 10, askedRps: 10, reachedRps: 9.5, observedRps: 9, latestMs: 1, mostInFlight: 3, connections: 1 },
  ...{ fromIntended: latency, fromSent: { ...latency, p99: 1 }, failures: [] },
};

describe('bounds of a load', () => {
  it.each([
    ['p99>200ms', false, '200ms'],
    ['p99>=200ms', true, '200ms'],
    ['p99>199.9ms', true, '200ms'],
    ['p99.9 > 1s', true, '1.5s'],
    ['p50>10000us', false, '10000us'],
    ['max<2s', false, '2s'],
    ['mean<=20ms', true, '20ms'],
    ['errors>9%', true, '10%'],
    ['errors>10%', false, '10%'],
    ['errors>9', true, '10'],
    ['rps<95%', false, '95%'],
    ['rps<96%', true, '95%'],
    ['rps<9.6', true, '9.5'],
  ])('%s: %s', (text, met, value) => {
    expect(parseThreshold(text).judge(totals)).toEqual({ met, value });
  });

  it.each(['', 'p99', 'p98>1ms', 'p99>200', 'p99>200%', 'errors>1ms', 'rps<1s', 'p99=1ms', 'p99>-1ms', 'toString>1ms'])(
    '%j is none',
    (text) => {
      expect(() => parseThreshold(text)).toThrow('is no bound of a load');
    },
  );

  it('of a load without a call: nothing failed, and the rate was reached', () => {
    const none = { ...totals, planned: 0, sent: 0, ok: 0, errors: 0, timeouts: 0, askedRps: 0, reachedRps: 0 };
    expect(parseThreshold('errors>0%').judge(none).met).toBe(false);
    expect(parseThreshold('rps<99%').judge(none).met).toBe(false);
  });
});

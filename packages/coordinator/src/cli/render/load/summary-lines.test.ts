import type { LoadTotals } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { plainStyle } from '../style.ts';
import { lateWarning, summaryLines } from './summary-lines.ts';

const latency = { count: 90, mean: 20, p50: 10.123, p90: 50, p95: 80, p99: 200, p999: 1500, max: 2000 };
const totals: LoadTotals = {
  ...{ planned: 100, sent: 100, ok: 90, errors: 7, timeouts: 3, limited: 0, warmUp: 12, interrupted: false },
  ...{ seconds: 10, askedRps: 10, reachedRps: 10, observedRps: 9, latestMs: 1, mostInFlight: 3, connections: 1 },
  ...{ fromIntended: latency, fromSent: { ...latency, mean: 18 }, failures: [{ error: 'UNAVAILABLE: no', count: 10 }] },
};

describe('what people are told of a load', () => {
  it('counts, rates, latencies and what failed', () => {
    expect(summaryLines(totals, Number.POSITIVE_INFINITY, plainStyle)).toEqual([
      '',
      '100 of 100 calls sent in 10.0 s: 90 ok, 7 failed, 3 timed out; 12 more for warming up',
      'rate: 10 rps asked, 10 sent, 9 succeeded; at most 3 in flight, 1 connection',
      '',
      'LATENCY, MS              mean    p50    p90    p95  p99  p99.9   max',
      'from the intended time  20.00  10.12  50.00  80.00  200   1500  2000',
      'from the time sent      18.00  10.12  50.00  80.00  200   1500  2000',
      'failed: 10 calls: UNAVAILABLE: no',
    ]);
  });

  it('cold and warm starts, where they are known', () => {
    const none = { ...latency, count: 0 };
    const line = (starts: LoadTotals['starts']) =>
      summaryLines({ ...totals, starts }, Number.POSITIVE_INFINITY, plainStyle).find((text) => text.includes('cold'));
    expect(line({ cold: { ...latency, count: 2, p50: 1_900 }, warm: latency, unknown: 1 })).toBe(
      'cold starts: 2 (p50 1900, p99 200 ms); warm: 90 (p50 10.12, p99 200 ms); unknown: 1',
    );
    expect(line({ cold: none, warm: latency, unknown: 0 })).toBe('cold starts: none; warm: 90 (p50 10.12, p99 200 ms)');
    expect(line(undefined)).toBeUndefined();
  });

  it('a rate that was not reached, and why; not of a load that was interrupted', () => {
    const late = { ...totals, askedRps: 2000, reachedRps: 1500.5, latestMs: 3_210 };
    expect(lateWarning(totals)).toBeUndefined();
    expect(lateWarning(late)).toBe(
      'this machine cannot make 2000 rps: it reached 1500.5 rps; the latest call was sent 3210 ms late',
    );
    expect(lateWarning({ ...late, limited: 5 })).toContain('5 calls found too many in flight');
    expect(lateWarning({ ...late, interrupted: true })).toBeUndefined();
  });
});

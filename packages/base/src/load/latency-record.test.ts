import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyRecord } from './latency-record.ts';

describe('latencies', () => {
  it('are told as they are sorted, right to 0.1 % and to a microsecond, from a microsecond to a day', () => {
    const latency = fc.oneof(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 86_400_000, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (all) => {
        const record = new LatencyRecord();
        for (const ms of all) record.add(ms);
        const sorted = all.toSorted((one, other) => one - other);
        for (const [percent, told] of [
          [50, record.summary().p50],
          [99, record.summary().p99],
          [99.9, record.summary().p999],
        ] as const) {
          const exact = sorted[Math.max(0, Math.ceil((percent / 100) * all.length - 1e-9) - 1)] ?? Number.NaN;
          expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.001);
        }
        const { count, mean, max } = record.summary();
        expect([count, max]).toEqual([all.length, Math.max(...all)]);
        expect(mean).toBeCloseTo(all.reduce((sum, ms) => sum + ms, 0) / all.length, 3);
      }),
    );
  });

  it('without any, all is 0', () => {
    const { p50, max, mean, count } = new LatencyRecord().summary();
    expect([p50, max, mean, count]).toEqual([0, 0, 0, 0]);
  });
});

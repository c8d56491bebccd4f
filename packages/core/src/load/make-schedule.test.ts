import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadShape, makeSchedule } from './make-schedule.ts';

const shape: fc.Arbitrary<LoadShape> = fc.record({
  arrivals: fc.constantFrom('constant' as const, 'poisson' as const),
  rps: fc.double({ min: 0.1, max: 500, noNaN: true }),
  timeMs: fc.integer({ min: 1, max: 5_000 }),
  warmUpMs: fc.integer({ min: 0, max: 1_000 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  endpoints: fc.array(fc.domain(), { minLength: 1, maxLength: 5 }),
});

describe('schedules', () => {
  it('keep the times in order and within the load, let endpoints take turns, and are the same each time', () => {
    fc.assert(
      fc.property(shape, (wanted) => {
        const { shots, durationMs } = makeSchedule(wanted);
        const all = [...shots];
        expect(durationMs).toBe(wanted.warmUpMs + wanted.timeMs);
        expect(all.map(({ endpoint }) => endpoint)).toEqual(all.map((_, index) => index % wanted.endpoints.length));
        expect(all.every(({ atMs }) => atMs >= 0 && atMs < wanted.warmUpMs + wanted.timeMs)).toBe(true);
        expect(all.map(({ atMs }) => atMs)).toEqual(all.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
        expect([...makeSchedule(wanted).shots]).toEqual(all);
        expect([...shots]).toEqual(all);
      }),
    );
  });

  it('at a constant rate: one every 1/rps, the first at once', () => {
    fc.assert(
      fc.property(shape, (wanted) => {
        const all = [...makeSchedule({ ...wanted, arrivals: 'constant' }).shots];
        all.forEach(({ atMs }, index) => {
          expect(atMs).toBe((index * 1000) / wanted.rps);
        });
        const expected = ((wanted.warmUpMs + wanted.timeMs) * wanted.rps) / 1000;
        expect(Math.abs(all.length - expected)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('of a Poisson process: as many as the rate says and distances that vary as they should, and another seed is another load', () => {
    const wanted = { arrivals: 'poisson' as const, rps: 1_000, timeMs: 100_000, warmUpMs: 0, endpoints: ['a'] };
    const times = [...makeSchedule({ ...wanted, seed: 7 }).shots].map(({ atMs }) => atMs);
    // The standard deviation of the number is its root, 316.
    expect(Math.abs(times.length - 100_000)).toBeLessThan(4 * 316);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(deviation / mean).toBeCloseTo(1, 1);
    expect(gaps.filter((gap) => gap > mean).length / gaps.length).toBeCloseTo(Math.exp(-1), 2);
    expect([...makeSchedule({ ...wanted, seed: 8 }).shots].slice(0, 3)).not.toEqual(
      [...makeSchedule({ ...wanted, seed: 7 }).shots].slice(0, 3),
    );
  });

  it('a seed gives the same numbers on every machine and with every version', () => {
    const wanted = { arrivals: 'poisson' as const, rps: 10, timeMs: 600, warmUpMs: 0, endpoints: ['a'], seed: 42 };
    expect([...makeSchedule(wanted).shots].map(({ atMs }) => atMs)).toMatchInlineSnapshot(`
      [
        126.7897873735265,
        235.82126699522365,
        258.0975935265118,
        266.6156192570807,
        339.68591125159026,
        374.77654122740773,
        440.69140711098396,
        588.166988456713,
        592.8384998240153,
        594.7959914532329,
      ]
    `);
  });
});

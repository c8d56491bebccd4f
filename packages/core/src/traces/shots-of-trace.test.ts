import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arrivalTimes, distributions } from './arrival-times.ts';
import { valueAt } from './quantiles.ts';
import { readTrace } from './read-trace.ts';
import { shotsOfTrace, type TraceScheduleOptions } from './shots-of-trace.ts';
import { traceTables } from './trace.fixture.ts';

/** A small generator (mulberry32), so that these tests need no library. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const seedOf = (words: string) => [...words].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
const randomOf = (purpose: string) => randomFrom(seedOf(purpose));

const distribution = fc.constantFrom(...distributions);

it('exactly so many calls come in an interval, in order, whatever the distribution', () => {
  fc.assert(
    fc.property(
      distribution,
      fc.nat(300),
      fc.integer(),
      fc.constantFrom(1_000, 60_000),
      (name, count, seed, length) => {
        const times = arrivalTimes(count, length, name, randomFrom(seed));
        expect(times).toHaveLength(count);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const time of times) {
          expect(time).toBeGreaterThanOrEqual(0);
          expect(time).toBeLessThan(length);
        }
        if (count > 0 && !name.endsWith('_shift')) expect(times[0]).toBe(0);
      },
    ),
  );
});

it('equidistant calls are equally far apart, and a shift keeps that', () => {
  expect(arrivalTimes(4, 60_000, 'equidistant', randomFrom(1))).toEqual([0, 15_000, 30_000, 45_000]);
  const shifted = arrivalTimes(4, 60_000, 'equidistant_shift', () => 0.4);
  expect(shifted).toEqual([6_000, 21_000, 36_000, 51_000]);
});

it('times between exponential calls have the spread of an exponential distribution', () => {
  const times = arrivalTimes(20_000, 60_000, 'exponential', randomFrom(42));
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(mean).toBeCloseTo(3, 1);
  expect(deviation / mean).toBeCloseTo(1, 1);
  expect(gaps.filter((gap) => gap > mean).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
});

it('values between quantiles rise evenly, and none lies outside them', () => {
  const quantiles = [
    [0.01, 10],
    [0.5, 20],
    [1, 120],
  ] as const;
  expect([0, 0.01, 0.255, 0.5, 0.75, 1].map((share) => valueAt(quantiles, share))).toEqual([10, 10, 15, 20, 70, 120]);
});

const trace = readTrace(
  traceTables([
    { hash: 'busy', calls: [5, 0, 40], durations: [10, 10, 10, 20, 30, 30, 99_999_999] },
    { hash: 'idle', calls: [0, 1, 0], memory: [0, 0, 0, 0, 0, 0, 0, 0] },
    { hash: 'third', calls: [2, 2, 2] },
  ]),
  { skipIncomplete: false },
);
const options: TraceScheduleOptions = {
  ...{ granularity: 'minute', distribution: 'exponential_shift', from: 0, count: 3, speed: 1 },
};
const schedule = (changed: Partial<TraceScheduleOptions> = {}) =>
  Array.from(shotsOfTrace(trace, { ...options, ...changed }, randomOf));

it('every call of the trace is made once, in its minute, with its work', () => {
  const shots = schedule();
  expect(shots).toHaveLength(52);
  expect(shots.map(({ atMs }) => atMs)).toEqual(shots.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  const perMinute = [0, 1, 2].map((minute) =>
    [0, 1, 2].map(
      (one) => shots.filter(({ atMs, endpoint }) => endpoint === one && Math.floor(atMs / 60_000) === minute).length,
    ),
  );
  expect(perMinute).toEqual([
    [5, 0, 2],
    [0, 1, 2],
    [40, 0, 2],
  ]);
  for (const { endpoint, work } of shots) {
    expect(Number.isInteger(work.runtimeMs) && Number.isInteger(work.memoryMb)).toBe(true);
    if (endpoint === 0) expect(work.runtimeMs).toSatisfy((ms: number) => ms >= 10 && ms <= 60_000);
    if (endpoint === 1) expect(work.memoryMb).toBe(1);
  }
});

it('the same seed makes the same calls, and what a function does does not depend on the others', () => {
  expect(schedule()).toEqual(schedule());
  const alone = Array.from(shotsOfTrace({ ...trace, functions: trace.functions.slice(2) }, options, randomOf));
  const third = schedule().filter(({ endpoint }) => endpoint === 2);
  expect(alone.map((shot) => ({ ...shot, endpoint: 2 }))).toEqual(third);
});

it('a part of the trace, in seconds, and faster', () => {
  const twice = schedule({ granularity: 'second', from: 1, count: 2, speed: 2 });
  expect(twice).toHaveLength(45);
  for (const { atMs } of twice) expect(atMs).toBeLessThan(1_000);
});

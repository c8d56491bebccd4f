import { expect, it } from 'vitest';
import { seedFor } from '../load/random.ts';
import { readTrace } from './read-trace.ts';
import { traceTables } from './trace.fixture.ts';
import { type ReplayOptions, traceSchedule } from './trace-schedule.ts';

const trace = readTrace(
  traceTables([
    { hash: 'f', calls: [3, 4] },
    { hash: 'g', calls: [5, 6] },
  ]),
  { skipIncomplete: false },
);
const options: ReplayOptions = {
  ...{ granularity: 'minute', distribution: 'exponential', from: 0, count: 2, speed: 2, warmUp: 1, seed: 7 },
};

it('says how long it is, and can be gone through again', () => {
  const schedule = traceSchedule(trace, ['trace-func-0', 'trace-func-1'], options);
  expect(schedule).toMatchObject({ durationMs: 60_000, warmUpMs: 30_000, seed: 7 });
  expect(schedule.source).toBe('trace, 2 min, exponential, 2 times as fast');
  const shots = [...schedule.shots];
  expect(shots).toHaveLength(18);
  expect([...schedule.shots]).toEqual(shots);
  expect([...traceSchedule(trace, ['a', 'b'], { ...options, seed: 8 }).shots]).not.toEqual(shots);
});

it('each purpose has a seed of its own, of 32 bits', () => {
  const seeds = ['f times', 'f work', 'g times', ''].map((purpose) => seedFor(42, purpose));
  expect(new Set(seeds).size).toBe(4);
  for (const seed of seeds) expect(seed).toBe(seed >>> 0);
  expect(seedFor(42, 'f times')).not.toBe(seedFor(43, 'f times'));
});

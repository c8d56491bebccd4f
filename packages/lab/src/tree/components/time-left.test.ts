import fc from 'fast-check';
import { expect, test } from 'vitest';
import { saySeconds, timeLeft } from './time-left.ts';

test('without experience, the recorded times are what is left', () => {
  expect(timeLeft([], [100, 50])).toBe(150);
  expect(timeLeft([], [100, 50], 30)).toBe(120);
});

test('a machine of half the speed needs more time for the rest, the more sure the longer it was seen', () => {
  const short = timeLeft([{ expected: 10, took: 20 }], [100]);
  const long = timeLeft([{ expected: 1000, took: 2000 }], [100]);
  expect(short).toBeGreaterThan(100);
  expect(long).toBeGreaterThan(short);
  expect(long).toBeLessThanOrEqual(200);
});

const seconds = fc.double({ min: 0, max: 1e4, noNaN: true });
const paces = fc.array(fc.record({ expected: seconds, took: seconds }));

test('it is never negative, and never grows while time passes', () => {
  fc.assert(
    fc.property(paces, fc.array(seconds), seconds, seconds, (done, remaining, elapsed, more) => {
      const now = timeLeft(done, remaining, elapsed);
      const later = timeLeft(done, remaining, elapsed + more);
      expect(later).toBeGreaterThanOrEqual(0);
      expect(later).toBeLessThanOrEqual(now);
    }),
  );
});

test('it is said in round numbers', () => {
  expect([3, 47, 88, 91, 840].map(saySeconds)).toEqual(['10 s', '50 s', '90 s', '2 min', '14 min']);
});

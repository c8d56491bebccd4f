import { expect, it } from 'vitest';
import { combinedProgress } from './combined-progress.ts';

it('sums what generators do, and takes the worst of their percentiles', () => {
  const one = { elapsedMs: 1_000, warmingUp: false, askedRps: 10, reachedRps: 9, sent: 10, inFlight: 1 };
  const rest = { ok: 8, failed: 1, p50: 3, p99: 20 };
  expect(
    combinedProgress([
      { ...one, ...rest },
      { ...one, ...rest, elapsedMs: 1_200, p50: 5, p99: 10 },
    ]),
  ).toEqual({
    ...{ elapsedMs: 1_200, warmingUp: false, askedRps: 20, reachedRps: 18, sent: 20, inFlight: 2 },
    ...{ ok: 16, failed: 2, p50: 5, p99: 20 },
  });
});

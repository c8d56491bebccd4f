import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('whatever the times and costs, nobody gets more than the burst and what came back since', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ pauseMs: fc.nat(5_000), cost: fc.integer({ min: 1, max: 20 }) })), (messages) => {
      let now = 0;
      let taken = 0;
      const limit = new RateLimit({ perSecond: 3, burst: 10 }, () => now);
      for (const { pauseMs, cost } of messages) {
        now += pauseMs;
        if (limit.take('n1', cost)) taken += cost;
        expect(taken).toBeLessThanOrEqual(10 + (3 * now) / 1000 + 1e-6);
      }
    }),
  );
});

test('one sender takes nothing from another, and gets its own back with time', () => {
  let now = 0;
  const limit = new RateLimit({ perSecond: 1, burst: 2 }, () => now);
  expect([limit.take('n1'), limit.take('n1'), limit.take('n1'), limit.take('n2')]).toEqual([true, true, false, true]);
  now = 1_000;
  expect([limit.take('n1'), limit.take('n1')]).toEqual([true, false]);
});

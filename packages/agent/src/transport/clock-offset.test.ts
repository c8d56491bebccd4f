import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.ts';

it('is not known before clocks were compared', () => expect(new ClockOffset().ms).toBeNull());

it('is as the quickest request says', () => {
  const offset = new ClockOffset();
  offset.compare(10_000, 5_002, 10_004);
  expect(offset.ms).toBe(5_000);
  // The answer to this one waited for 200 ms.
  offset.compare(20_000, 15_002, 20_204);
  expect(offset.ms).toBe(5_000);
  offset.compare(30_000, 25_001, 30_002);
  expect(offset.ms).toBe(5_000);
});

it('follows at once when a clock is set, and drift', () => {
  const offset = new ClockOffset();
  offset.compare(10_000, 10_001, 10_002);
  offset.compare(20_000, 19_000, 20_020);
  expect(offset.ms).toBe(1_010);
  for (let n = 0; n < 8; n++) offset.compare(30_000, 28_999 - n / 10, 30_030);
  expect(offset.ms).toBe(1_017);
});

it('is never wrong by more than half of the quickest request, however messages are held up', () => {
  const request = fc.record({ there: fc.nat({ max: 500 }), back: fc.nat({ max: 500 }) });
  fc.assert(
    fc.property(fc.integer(), fc.array(request, { minLength: 1, maxLength: 8 }), (ahead, requests) => {
      const offset = new ClockOffset();
      for (const [n, { there, back }] of requests.entries()) {
        const sentAt = 1_000_000 + n * 5_000;
        offset.compare(sentAt, sentAt + there - ahead, sentAt + there + back);
      }
      const quickest = Math.min(...requests.map(({ there, back }) => there + back));
      expect(Math.abs((offset.ms ?? Number.NaN) - ahead)).toBeLessThanOrEqual(quickest / 2 + 1);
    }),
  );
});

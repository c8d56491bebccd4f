import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeSchedule } from './make-schedule.ts';
import { shareOf } from './share.ts';

const shape = fc.record({
  arrivals: fc.constantFrom('constant' as const, 'poisson' as const),
  rps: fc.double({ min: 0.1, max: 500, noNaN: true }),
  timeMs: fc.integer({ min: 1, max: 2_000 }),
  warmUpMs: fc.integer({ min: 0, max: 500 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  endpoints: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }),
});

it('shares of several generators, each made for itself, are together the schedule of one', () => {
  fc.assert(
    fc.property(shape, fc.integer({ min: 1, max: 7 }), (load, generators) => {
      const whole = [...makeSchedule(load).shots];
      const numbered = Array.from({ length: generators }, (_, generator) =>
        [...shareOf(makeSchedule(load).shots, { generator, generators })].map((shot, index) => ({
          shot,
          number: index * generators + generator,
        })),
      ).flat();
      expect(numbered.toSorted((one, other) => one.number - other.number)).toEqual(
        whole.map((shot, number) => ({ shot, number })),
      );
    }),
  );
});

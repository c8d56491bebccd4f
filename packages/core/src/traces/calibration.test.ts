import { expect, it } from 'vitest';
import { calibration, iterationsPerMs } from './calibration.ts';

it('a node that takes half as long needs twice as many iterations', () => {
  const { runtimeMs, iterationsPerMs: used } = calibration;
  expect(iterationsPerMs([runtimeMs])).toBe(used);
  expect(iterationsPerMs([runtimeMs / 2])).toBe(used * 2);
});

it('one call beside other work does not count', () => {
  expect(iterationsPerMs([500, 9_000, 500])).toBe(102);
});

it('a very slow node takes one iteration, and no measurement is told', () => {
  expect(iterationsPerMs([10_000_000])).toBe(1);
  expect(() => iterationsPerMs([0, 0])).toThrow('no call of the calibration said how long its function was busy');
});

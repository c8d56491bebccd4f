import { expect, it } from 'vitest';
import { callNames } from './call-names.ts';

const shots = [
  [0, 0],
  [10, 1],
  [29_000, 0],
  [31_000, 0],
  [59_000, 1],
].map(([atMs = 0, endpoint = 0]) => ({ atMs, endpoint }));

it('counts the calls of each function in each minute', () => {
  expect(callNames(shots, 'minute', 1)).toEqual(['min0.inv0', 'min0.inv0', 'min0.inv1', 'min0.inv2', 'min0.inv1']);
  expect(callNames(shots, 'minute', 2)).toEqual(['min0.inv0', 'min0.inv0', 'min0.inv1', 'min1.inv0', 'min1.inv0']);
  expect(callNames(shots.slice(0, 3), 'second', 1)).toEqual(['sec0.inv0', 'sec0.inv0', 'sec29.inv0']);
});

import { expect, it } from 'vitest';
import { slowdownOf } from './slowdown.ts';

it.each([
  ['a bare host', 1.2, 1],
  ['a virtual machine on a busy one', 9.8, 1],
  ['software emulation', 32, 7],
  ['software emulation on a busy machine', 400, 10],
  ['a host without the program', 0, 1],
])('%s that starts a process in %d ms has the factor %d', (_, startMs, factor) => {
  expect(slowdownOf(startMs)).toBe(factor);
});

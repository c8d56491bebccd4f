import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseFunctions, type FunctionChoice } from './choose-functions.ts';
import { readTrace } from './read-trace.ts';
import { traceTables } from './trace.fixture.ts';

const trace = readTrace(
  traceTables(
    ['aa1', 'aa2', 'b', 'c', 'd'].map((hash, index) => ({
      ...{ hash, calls: [1] },
      trigger: index % 2 === 0 ? 'http' : 'timer',
    })),
  ),
  { skipIncomplete: false },
);
const chosen = (choice: FunctionChoice, random = () => 0.5) =>
  chooseFunctions(trace, choice, random).functions.map(({ hash }) => hash);

it.each<[FunctionChoice, string[]]>([
  [{}, ['aa1', 'aa2', 'b', 'c', 'd']],
  [{ first: 2 }, ['aa1', 'aa2']],
  [{ hashes: ['c', 'aa2'] }, ['aa2', 'c']],
  [{ triggers: ['timer'] }, ['aa2', 'c']],
  [{ triggers: ['http'], first: 2 }, ['aa1', 'b']],
  [{ sample: 9 }, ['aa1', 'aa2', 'b', 'c', 'd']],
])('%j chooses %j', (choice, hashes) => {
  expect(chosen(choice)).toEqual(hashes);
});

it('a sample has the size that is asked for, in the order of the trace, and any function can be in it', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), fc.nat(5), (numbers, size) => {
      fc.pre(size > 0);
      const sample = chosen({ sample: size }, () => numbers.next().value as number);
      expect(sample).toEqual(chosen({ hashes: sample }));
      expect(sample).toHaveLength(size);
      for (const hash of sample) seen.add(hash);
    }),
  );
  expect(seen.size).toBe(5);
});

it.each<[FunctionChoice, string]>([
  [{ hashes: ['aa'] }, 'several functions have a hash that begins with aa'],
  [{ hashes: ['x'] }, 'no function of the trace has a hash that begins with x'],
  [{ triggers: ['queue'] }, 'no function of the trace is left'],
])('%j is refused', (choice, message) => {
  expect(() => chosen(choice)).toThrow(expect.objectContaining({ code: 'usage', message }));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, inputHash } from './input-hash.ts';

test('the order of keys does not matter, the order of lists does', () => {
  expect(inputHash({ a: 1, b: { c: 2, d: [1, 2] } })).toBe(inputHash({ b: { d: [1, 2], c: 2 }, a: 1 }));
  expect(inputHash({ a: [1, 2] })).not.toBe(inputHash({ a: [2, 1] }));
  expect(inputHash({})).toMatch(/^[0-9a-f]{64}$/);
});

test('canonical JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

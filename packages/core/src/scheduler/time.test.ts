import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoOf, millisecondsOf } from './time.ts';

test('a time becomes a text and the same time again', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => millisecondsOf(isoOf(ms)) === ms));
});

test('times that no text can say are for ever, and nothing throws', () => {
  for (const ms of [
    253_402_300_800_000,
    8_640_000_000_000_001,
    1e18,
    Number.MAX_SAFE_INTEGER,
    Number.POSITIVE_INFINITY,
  ])
    expect(isoOf(ms)).toBe('9999-12-31T23:59:59.999Z');
});

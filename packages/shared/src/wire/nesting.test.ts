import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNestedDeeper } from './nesting.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The depth as one finds it by walking through the parsed value. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('the depth found in the text is that of the value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.nat(8), (json, most) => {
      expect(isNestedDeeper(bytes(json), most)).toBe(depthOf(JSON.parse(json)) > most);
    }),
  );
});

test('brackets and quotes within strings do not count', () => {
  const value = { '[[[[': ['{{{{', '\\', '"[[[[', '\\"[[[['] };
  expect(isNestedDeeper(bytes(JSON.stringify(value)), 2)).toBe(false);
  expect(isNestedDeeper(bytes(JSON.stringify(value)), 1)).toBe(true);
});

test('a megabyte of opening brackets, or of backslashes, takes no time', () => {
  expect(isNestedDeeper(bytes('['.repeat(1_000_000)), 64)).toBe(true);
  expect(isNestedDeeper(bytes(`"${'\\'.repeat(1_000_000)}`), 64)).toBe(false);
  expect(isNestedDeeper(bytes(`"${'\\"'.repeat(500_000)}`), 64)).toBe(false);
});

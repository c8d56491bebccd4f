import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, printableLines, printableValue } from './printable.ts';

it.each([
  ['worker-1', 'worker-1'],
  ['Größe: 10 µs, 日本語 🙂', 'Größe: 10 µs, 日本語 🙂'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\x1b[2J\x07', '\\x1b[2J\\x07'],
  ['\u009b31m', '\\x9b31m'],
  ['evil\u202etxt.exe', 'evil\\u202etxt.exe'],
  ['a\u2028b\ufeffc', 'a\\u2028b\\ufeffc'],
  ['\u{e0041}\ud800', '\\u{e0041}\\ud800'],
])('%j is shown as %s', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('keeps lines and tabs of a longer text, and nothing else that a terminal obeys', () => {
  expect(printableLines('a\n\tb\r\n\x1b]0;x\x07')).toBe('a\n\tb\\r\n\\x1b]0;x\\x07');
});

it('leaves nothing that a terminal obeys, whatever is in the text, and is stable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(printable(printable(text))).toBe(printable(text));
      expect(printableLines(text).replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});

it('reaches every string of a value, and leaves the others as they are', () => {
  const value = { 'a\nb': ['\x1b', { c: 'd\ne' }], n: 1, t: true, z: null };
  expect(printableValue(value)).toEqual({ 'a\\nb': ['\\x1b', { c: 'd\ne' }], n: 1, t: true, z: null });
});

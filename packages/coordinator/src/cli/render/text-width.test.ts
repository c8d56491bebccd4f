import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, widthOf, wrapped } from './text-width.ts';

const anyText = fc.oneof(
  fc.string(),
  fc
    .array(fc.constantFrom('the', 'pool', '節点', 'café', '🚀', 'a'.repeat(30)), { maxLength: 20 })
    .map((w) => w.join(' ')),
);

describe('cut', () => {
  it('marks what was cut', () => {
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abcd', 4)).toBe('abcd');
    expect(cut('abcd', 1)).toBe('a');
    expect(cut('節点節点', 5)).toBe('節点…');
  });

  it('is never wider than asked', () =>
    fc.assert(
      fc.property(
        fc.oneof(anyText, fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 0, max: 40 }),
        (text, width) => widthOf(cut(text, width)) <= width,
      ),
    ));
});

describe('wrapped', () => {
  it('breaks between words and indents what follows', () =>
    expect(wrapped('it is called by its name', 14, '  ')).toEqual(['it is called', '  by its name']));

  it('keeps line breaks and what lines begin with', () =>
    expect(wrapped('two things:\n  - a b c d e f\n  - g', 12, ' ')).toEqual([
      'two things:',
      '   - a b c d',
      '   e f',
      '   - g',
    ]));

  it('only indents further lines where there is no width', () =>
    expect(wrapped(`${'a '.repeat(99)}a\nReady: 9 of 9`, Number.POSITIVE_INFINITY, '  ').slice(1)).toEqual([
      '  Ready: 9 of 9',
    ]));

  it('has no line that is wider than asked', () =>
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 40 }), (text, width) =>
        wrapped(text, width, '  ').every((line) => widthOf(line) <= width),
      ),
    ));
});

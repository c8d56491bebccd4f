import { reasons } from '@vhive/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shownReasons } from './shown-reasons.ts';

it('whatever the reasons are, they fit the wire, show themselves in one line each, and shown again they are the same', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.constantFrom('pod a/b: x', ' ', '\u001b[2J'));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (given) => {
      const shown = shownReasons(given);
      expect(reasons.parse(shown)).toEqual(shown);
      for (const line of shown) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^$/u);
      expect(shownReasons(shown)).toEqual(shown);
    }),
    { numRuns: 15 },
  );
});

it('says how many more there are, and nothing twice', () => {
  expect(shownReasons(Array.from({ length: 20 }, (_, index) => `reason ${index}`)).at(-1)).toBe('and 13 more');
  expect(shownReasons(['a\n b', 'a b', ''])).toEqual(['a b']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VhiveError } from './errors.ts';
import { formatJoinToken, parseJoinToken } from './join-token.ts';

const text = (alphabet: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length });
const token = fc.record({
  caFingerprint: text('0123456789abcdef', 64),
  id: text('abcdefghijklmnopqrstuvwxyz234567', 8),
  secret: text('abcdefghijklmnopqrstuvwxyz234567', 32),
});

test('formatting and parsing are inverse, white space around is forgiven', () => {
  fc.assert(
    fc.property(token, (value) => {
      expect(parseJoinToken(` ${formatJoinToken(value)}\n`)).toEqual(value);
    }),
  );
});

test('anything else is a usage error that does not repeat what was given', () => {
  fc.assert(
    fc.property(token, fc.integer({ min: 1, max: 40 }), (value, cut) => {
      const broken = formatJoinToken(value).slice(0, -cut);
      try {
        parseJoinToken(broken);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(VhiveError);
        expect((error as VhiveError).code).toBe('usage');
        expect(`${error} ${(error as VhiveError).hint}`).not.toContain(value.id);
      }
    }),
  );
});

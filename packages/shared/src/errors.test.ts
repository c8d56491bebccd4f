import { expect, it } from 'vitest';
import * as z from 'zod';
import { exitCodeOf, failureCodes, failureTable, httpStatusOf, isFailureCode, VhiveError } from './errors.ts';
import { failureOf } from './wire/failure-of.ts';

it('gives every code an exit code that is no success, and a status that is an error', () => {
  for (const code of failureCodes) {
    expect(exitCodeOf(code)).toBeGreaterThanOrEqual(1);
    expect(exitCodeOf(code)).toBeLessThanOrEqual(255);
    expect(httpStatusOf(code)).toBeGreaterThanOrEqual(400);
    expect(httpStatusOf(code)).toBeLessThan(600);
  }
});

it('knows its own codes and no other word', () => {
  expect(failureCodes.every(isFailureCode)).toBe(true);
  expect(['not-found', 'toString', ''].some(isFailureCode)).toBe(false);
});

it.each(failureCodes)('tries again what failed with %s exactly where the table says so', (code) => {
  const { permanent } = failureTable[code];
  const failure = failureOf(new VhiveError({ code, message: 'why', hint: 'what next' }));
  expect(failure).toEqual({ code, message: 'why', hint: 'what next', ...(permanent ? { permanent } : {}) });
});

it('lets one error differ from its code', () => {
  const healing = new VhiveError({ code: 'refused', message: 'the token is old by now', permanent: false });
  expect(failureOf(healing)).toEqual({ code: 'refused', message: 'the token is old by now' });
});

it('takes a value that does not fit its schema for a lasting failure, and anything else for a passing one', () => {
  const { error } = z.object({ name: z.string() }).safeParse({});
  expect(failureOf(error)).toMatchObject({
    code: 'internal',
    permanent: true,
    message: expect.stringContaining('name'),
  });
  expect(failureOf('odd')).toEqual({ code: 'internal', message: 'odd' });
});

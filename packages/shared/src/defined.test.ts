import { expect, it } from 'vitest';
import { defined } from './defined.ts';

it('keeps fields that have a value, also an empty one, and leaves the others out', () => {
  const fields: { a?: string | undefined; b: number; c: null; d: boolean; e?: undefined } = {
    a: undefined,
    b: 0,
    c: null,
    d: false,
    e: undefined,
  };
  expect(Object.keys(defined(fields))).toEqual(['b', 'c', 'd']);
  expect(defined({ text: '' })).toEqual({ text: '' });
});

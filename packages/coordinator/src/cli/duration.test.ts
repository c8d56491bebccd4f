import { describe, expect, it } from 'vitest';
import { clockText, describeDuration, elapsedText, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90],
    ['30m', 1800],
    ['1h30m', 5400],
    ['24h', 86_400],
    ['7d', 604_800],
    ['1d2h3m4s', 93_784],
    [' 5M ', 300],
  ])('reads %s as %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each(['', ' ', '30', '0s', '-5m', '1.5h', '5x', '30m1h', 'm', '99999999999999999d'])('refuses %j', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

it.each([
  [0.04, '0 s'],
  [0.44, '0.4 s'],
  [9.96, '10 s'],
  [59.7, '1 min'],
  [252, '4 min 12 s'],
  [3600, '1 h'],
  [3720, '1 h 2 min'],
])('describes %d seconds as %s', (seconds, text) => expect(describeDuration(seconds)).toBe(text));

it.each([
  [0, '0s'],
  [-1, '0s'],
  [67.9, '1m07s'],
  [3723, '1h02m'],
  [200_000, '2d07h'],
])('shows %d elapsed seconds as %s', (seconds, text) => expect(elapsedText(seconds)).toBe(text));

it('shows the time of day with its zone', () =>
  expect(clockText(new Date('2026-03-01T10:02:03.456Z'))).toBe('10:02:03Z'));

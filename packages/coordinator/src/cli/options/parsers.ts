import { InvalidArgumentError } from 'commander';
import { DURATION_FORM, parseDuration } from '../duration.ts';

/** A whole number of at least `min`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER ? `Must be a whole number, at least ${min}.` : `Must be from ${min} to ${max}.`,
    );
  };
}

/** A duration, as seconds. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError(`Must be a duration with units, ${DURATION_FORM}.`);
  return seconds;
}

/** Collects a repeatable option; each value may be a comma-separated list. */
export function list(text: string, before: string[] | undefined): string[] {
  const values = text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return [...(before ?? []), ...values];
}

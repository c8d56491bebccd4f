import { isAbsolute, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { DURATION_FORM, parseDuration } from '../duration.ts';

/** What the argument of an option may be. Reading what was written gives the same value again. */
export interface ArgumentType<T> {
  /** The only words it may be; absent: any that `parse` takes. */
  readonly choices?: readonly string[];
  /** Reads a word. `before` is the value so far, of an option that can be repeated. Throws InvalidArgumentError. */
  parse(text: string, before?: T): T;
  /** The words that give this value: one, or several for an option that can be repeated. */
  write(value: T): string[];
}

/** Any text, taken as it is. */
export const text: ArgumentType<string> = { parse: (word) => word, write: (value) => [value] };

/** One of some words. */
export function choice<const T extends string>(...choices: readonly T[]): ArgumentType<T> {
  return {
    choices,
    parse(word) {
      const found = choices.find((candidate) => candidate === word);
      if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
      return found;
    },
    write: (value) => [value],
  };
}

/** A whole number from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number): ArgumentType<number> {
  return {
    parse(word) {
      const value = /^[0-9]+$/.test(word) ? Number(word) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new InvalidArgumentError(`Must be from ${min} to ${max}.`);
    },
    write: (value) => [String(value)],
  };
}

/** A TCP port. */
export const port: ArgumentType<number> = wholeNumber(1, 65_535);

/** A duration; its value is in seconds. */
export const duration: ArgumentType<number> = {
  parse(word) {
    const seconds = parseDuration(word);
    if (seconds === undefined) throw new InvalidArgumentError(`Must be a duration with units, ${DURATION_FORM}.`);
    return seconds;
  },
  write: (seconds) => [`${seconds}s`],
};

/** A list: the option can be repeated, and each word may be several values with commas between them. */
export const list: ArgumentType<string[]> = {
  parse(word, before = []) {
    const values = word
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    return [...before, ...values];
  },
  write: (values) => values,
};

/** A mirror tree: a URL is taken as it is, a directory becomes absolute, as the coordinator may run somewhere else. */
export const mirrorTree: ArgumentType<string> = {
  parse: (word) => (/^https?:\/\//.test(word) || isAbsolute(word) ? word : resolve(word)),
  write: (value) => [value],
};

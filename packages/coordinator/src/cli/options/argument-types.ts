import { isAbsolute, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { DURATION_FORM, parseDuration } from '../duration.ts';

/** The type of the argument of an option. Reading what was written gives the same value again. */
export interface ArgumentType<T> {
  /** The only words the argument may be. Without them, it may be any word that `parse` takes. */
  readonly choices?: readonly string[];
  /** Reads a word. `before` is the value so far, for an option that can be repeated. Throws InvalidArgumentError. */
  parse(text: string, before?: T): T;
  /** Returns the words that give this value: one word, or several for an option that can be repeated. */
  write(value: T): string[];
}

/** Any text, taken as it is. */
export const text: ArgumentType<string> = { parse: (word) => word, write: (value) => [value] };

/** Makes the type of an argument that is one of some words. */
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

/** Makes the type of a whole number from `min` to `max`, both included. */
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

/** A duration, whose value is in seconds. */
export const duration: ArgumentType<number> = {
  parse(word) {
    const seconds = parseDuration(word);
    if (seconds === undefined) throw new InvalidArgumentError(`Must be a duration with units, ${DURATION_FORM}.`);
    return seconds;
  },
  write: (seconds) => [`${seconds}s`],
};

/** A list. The option can be repeated, and each word may be several values with commas between them. */
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

/**
 * A mirror tree, or the word `internet` for none. A URL is taken as it is. A directory becomes absolute, because the coordinator may run in another
 * directory.
 */
export const mirrorTree: ArgumentType<string> = {
  parse: (word) => (word === 'internet' || /^https?:\/\//.test(word) || isAbsolute(word) ? word : resolve(word)),
  write: (value) => [value],
};

import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { FROM_INTERNET } from '@vhive/shared';
import { DNS_LABEL, INTERFACE_NAME, IPV4_RANGE, ONE_LINE } from '@vhive/shared/patterns';
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

/** Makes the type of a text that must be as `isRight` says. `what` completes the sentence "Must be". */
function textThat(isRight: (word: string) => boolean, what: string): ArgumentType<string> {
  return {
    parse(word) {
      if (isRight(word)) return word;
      throw new InvalidArgumentError(`Must be ${what}.`);
    },
    write: (value) => [value],
  };
}

/** Any text in one line, of at most so many characters. It may be empty. */
export function textUpTo(longest: number): ArgumentType<string> {
  const fits = (word: string) => word.length <= longest && ONE_LINE.test(word);
  return textThat(fits, `one line of at most ${longest} characters`);
}

/** A text that becomes a value of the cluster file, whose schema checks it. An empty variable says nothing. */
export const text: ArgumentType<string> = textUpTo(4096);

/** The path of a file or directory. An empty one would be the working directory, which nobody means by that. */
export const path: ArgumentType<string> = textThat(
  (word) => word !== '' && word.length < 4096 && ONE_LINE.test(word),
  'a path, in one line and not empty',
);

/** The name of a file in a folder that another option names. */
export const fileName: ArgumentType<string> = textThat(
  (word) => word !== '' && word.length <= 200 && ONE_LINE.test(word) && !/^\.\.?$|\//.test(word),
  'the name of a file, without a folder',
);

const isName = (word: string) => DNS_LABEL.test(word) && word.length <= 63;

/** The name of a node or a cluster. */
export const name: ArgumentType<string> = textThat(isName, 'a name of lower-case letters, digits and "-"');

/** The name of a function. */
export const functionName: ArgumentType<string> = textThat(
  isName,
  'the name of a function, of lower-case letters, digits and "-"',
);

/** The name of a function, or a pattern of names. */
export const functionPattern: ArgumentType<string> = textThat(
  (word) => /^[a-z0-9*?-]{1,63}$/.test(word),
  'the name of a function, or a pattern such as helloworld-*',
);

/** The name of an executor of steps: a node, or the coordinator by the name that tables have for it. */
export const executor: ArgumentType<string> = {
  parse: (word) => (['coordinator', '@coordinator'].includes(word) ? '@coordinator' : name.parse(word)),
  write: (value) => [value],
};

/** The name of a phase. Whether there is such a phase is looked at later, when the phases are loaded anyway. */
export const phase: ArgumentType<string> = textThat(isName, 'the name of a phase, such as runtime');

/** The network of a cluster: a range of addresses or an interface. */
export const lan: ArgumentType<string> = textThat(
  (word) => IPV4_RANGE.test(word) || (INTERFACE_NAME.test(word) && !/^[0-9.]+$/.test(word)),
  'a range such as 10.10.1.0/24, or the name of an interface such as eno1',
);

/** The address of a NATS server. A password has no place in it, because every user of the host can read arguments. */
export const natsUrl: ArgumentType<string> = textThat(isNatsUrl, 'an address such as tls://10.10.1.1:4222');

function isNatsUrl(word: string): boolean {
  const url = URL.parse(word);
  if (url === null || !['tls:', 'nats:'].includes(url.protocol) || url.hostname === '') return false;
  return url.username + url.password + url.search + url.hash === '' && ['', '/'].includes(url.pathname);
}

/** An address on the web. A password has no place in it, because every user of the host can read arguments. */
export const webUrl: ArgumentType<string> = textThat((word) => {
  const url = URL.parse(word);
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '';
}, 'an address that begins with http:// or https://, without a password');

/** The id of a run. */
export const runId: ArgumentType<string> = textThat(
  (word) => /^run-[a-z0-9-]{4,40}$/.test(word),
  'the id of a run, such as run-20260102t030405-ab12cd',
);

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

/** Makes the type of a number from `min` to `max`, both included, which may have a fraction. */
export function decimal(min: number, max: number): ArgumentType<number> {
  return {
    parse(word) {
      const value = /^[0-9]+(\.[0-9]+)?$/.test(word) ? Number(word) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new InvalidArgumentError(`Must be a number from ${min} to ${max}.`);
    },
    write: (value) => [String(value)],
  };
}

/** A TCP port. */
export const port: ArgumentType<number> = wholeNumber(1, 65_535);

/** Makes the type of a duration of at most so many seconds. Its value is in seconds. */
export function durationUpTo(mostSeconds: number): ArgumentType<number> {
  return {
    parse(word) {
      const seconds = parseDuration(word);
      if (seconds === undefined) throw new InvalidArgumentError(`Must be a duration with units, ${DURATION_FORM}.`);
      if (seconds <= mostSeconds) return seconds;
      throw new InvalidArgumentError(`Must be at most ${mostSeconds / 86_400}d.`);
    },
    write: (seconds) => [`${seconds}s`],
  };
}

/** Makes the type of a duration as {@link durationUpTo} has it, which may also be a number of seconds without a unit. */
export function secondsUpTo(mostSeconds: number): ArgumentType<number> {
  const withUnit = durationUpTo(mostSeconds);
  return { ...withUnit, parse: (word) => withUnit.parse(/^[0-9]+$/.test(word) ? `${word}s` : word) };
}

/** The address or name of a gateway, and its port where that is said: `192.168.1.240:80`. */
export const gateway: ArgumentType<{ host: string; port?: number }> = {
  parse(word) {
    const {
      ipv6,
      host = ipv6,
      port: after,
    } = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9._-]{1,253}))(?::(?<port>[0-9]+))?$/.exec(word)?.groups ??
    {};
    if (isIP(word) === 6) return { host: word };
    if (host === undefined)
      throw new InvalidArgumentError('Must be an address such as 192.168.1.240 or 127.0.0.1:8080.');
    return after === undefined ? { host } : { host, port: port.parse(after) };
  },
  write: ({ host, port: after }) => {
    const name = isIP(host) === 6 ? `[${host}]` : host;
    return [after === undefined ? name : `${name}:${after}`];
  },
};

/** The id of a join token, which is its middle part. */
export const tokenId: ArgumentType<string> = textThat(
  (word) => /^[A-Za-z0-9_-]{1,64}$/.test(word),
  'the id of a join token, such as k3x7q2ab',
);

/** Reads words that follow a command, each of them of a type. It has the form that commander wants. */
export function operands(type: ArgumentType<string>): (word: string, before?: string[]) => string[] {
  return (word, before = []) => [...before, type.parse(word)];
}

/** A point in time, in milliseconds since 1970: as ISO 8601 writes it, or how long ago it is. */
export const moment: ArgumentType<number> = {
  parse(word) {
    const ago = parseDuration(word);
    const written = /^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(word) ? Date.parse(word) : Number.NaN;
    const at = ago === undefined ? written : Date.now() - ago * 1000;
    if (Number.isFinite(at)) return at;
    throw new InvalidArgumentError('Must be a time such as 2026-01-02T03:04:05Z, or how long ago it is, such as 10m.');
  },
  write: (value) => [new Date(value).toISOString()],
};

/**
 * Makes the type of a list whose values are of another type. The option can be repeated, and each word may be several
 * values with commas between them.
 */
export function listOf<T extends string>(type: ArgumentType<T>): ArgumentType<T[]> {
  return {
    parse(word, before = []) {
      const values = word.split(',').map((value) => value.trim());
      const given = values.filter((value) => value !== '').map((value) => type.parse(value));
      if (given.length === 0) throw new InvalidArgumentError('Must name one at least.');
      return [...before, ...given];
    },
    write: (values) => values,
  };
}

/** A range of IPv4 or IPv6 addresses from which agents are let in. It is written as it is meant: no bits are ignored. */
export const trustedNetwork: ArgumentType<string> = {
  parse(word) {
    const { address = '', prefix = '' } = /^(?<address>[^/]*)\/(?<prefix>[0-9]{1,3})$/.exec(word)?.groups ?? {};
    const family = isIP(address);
    if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) {
      const one = isIP(word) === 0 ? 'such as 10.10.1.0/24' : `such as ${word}/${isIP(word) === 4 ? 32 : 128}`;
      throw new InvalidArgumentError(`Must be a range of addresses, ${one}.`);
    }
    if (Number(prefix) === 0) throw new InvalidArgumentError('Must not be all addresses there are.');
    const network = networkOf(address, Number(prefix), family);
    if (network === undefined || network === `${address}/${prefix}`) return word;
    throw new InvalidArgumentError(`Has bits set outside its prefix: did you mean ${network}?`);
  },
  write: (value) => [value],
};

/** Returns an IPv4 range with its host bits set to zero; undefined for IPv6, which has too many ways of writing. */
function networkOf(address: string, prefix: number, family: number): string | undefined {
  if (family !== 4) return undefined;
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(bits / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;
}

/**
 * A mirror tree, or the word `internet` for none. A URL is taken as it is. A directory becomes absolute, because the
 * coordinator may run in another directory.
 */
export const mirrorTree: ArgumentType<string> = {
  parse(word) {
    if (word === FROM_INTERNET) return word;
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) {
      if (/^https?:$/.test(URL.parse(word)?.protocol ?? '') && ONE_LINE.test(word)) return word;
      throw new InvalidArgumentError('Must be a directory, or an address that begins with http:// or https://.');
    }
    const directory = path.parse(word);
    return isAbsolute(directory) ? directory : resolve(directory);
  },
  write: (value) => [value],
};

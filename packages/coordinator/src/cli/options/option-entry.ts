import type { ArgumentType } from './argument-types.ts';

/**
 * One option of the command line, written down once. Help, environment variable, place in the cluster file, the
 * arguments of the `up` inside a lab, and docs/commands.md all derive from it.
 */
export interface OptionEntry {
  /** As Commander has it: `-n, --nodes <count>`, `--stargz`, `--no-images`. Absent: there is only the variable. */
  readonly flag?: string;
  /** The environment variable; false: none. Absent: `VHIVE_` and the flag's name, as in `VHIVE_DRY_RUN`. */
  readonly variable?: string | false;
  /** What it says, with units; it begins in lower case, since help puts it behind the flag. */
  readonly description: string;
  /** What its argument may be; absent: it is a switch. */
  readonly argument?: ArgumentType<unknown>;
  /** The value when nobody gives one. */
  readonly default?: unknown;
  /** The default as people write it, such as `1h`. */
  readonly defaultText?: string;
  /** The command is refused without it. */
  readonly required?: true;
  /** The field of the cluster file that it sets, and to what where that is not its own value. */
  readonly clusterFile?: { readonly path: readonly string[]; readonly value?: unknown };
  /** An option of the same command that cannot be given with this one, and why. */
  readonly excludes?: { readonly key: string; readonly because: string };
  /** The heading in help; absent: among the other options. */
  readonly group?: string;
}

/**
 * What becomes of an option of `up` when `--lab N` runs that `up` on the first host of a lab. `forwarded`: it is handed
 * on. `outer`: the command on this machine answers it itself, and how. `refused`: it speaks of this machine, and why
 * that cannot be; its variable may be set all the same, and is not handed on.
 */
export type InLab = 'forwarded' | { readonly outer: string } | { readonly refused: string };

/** An option that `up` takes. */
export interface UpOptionEntry extends OptionEntry {
  readonly inLab: InLab;
}

/** Options by the name of their value, which is the flag's in camel case. */
export type OptionEntries = Readonly<Record<string, OptionEntry>>;

type ValueOf<E> = E extends { readonly argument: ArgumentType<infer T> } ? T : boolean;

/** Whether there is always a value. The switch `--no-x` is true until it is given. */
type IsAlwaysThere<E> = E extends { default: unknown } | { required: true } | { flag: `--no-${string}` } ? true : false;

/** The values of options, as a command receives them. Absent: not given, so that the file or a default holds. */
export type ValuesOf<T extends OptionEntries> = {
  -readonly [K in keyof T as IsAlwaysThere<T[K]> extends true ? K : never]: ValueOf<T[K]>;
} & {
  -readonly [K in keyof T as IsAlwaysThere<T[K]> extends true ? never : K]?: ValueOf<T[K]>;
};

/** Where values were said, by name: `--nodes` or `VHIVE_NODES`. Defaults were said nowhere and are not in it. */
export interface Origins {
  origins: Readonly<Record<string, string>>;
}

/** The long flag, such as `--nodes`; undefined for an option that has only a variable. */
export function flagName({ flag }: OptionEntry): string | undefined {
  return flag?.match(/--[a-z-]+/)?.[0];
}

/** The environment variable; undefined when there is none. */
export function variableOf(entry: OptionEntry): string | undefined {
  if (entry.variable === false) return undefined;
  return entry.variable ?? flagName(entry)?.replace('--', 'VHIVE_').replaceAll('-', '_').toUpperCase();
}

/** The value of a switch that was given: false for `--no-x`. */
export function switchedValue(entry: OptionEntry): boolean {
  return !flagName(entry)?.startsWith('--no-');
}

/** The same options under a heading of the help. */
export function inGroup<T extends OptionEntries>(group: string, entries: T): T {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, { ...entry, group }])) as unknown as T;
}

import type { ArgumentType } from './argument-types.ts';

/**
 * One option of the command line, written down once. The help, the environment variable, the field of the cluster file,
 * the arguments of the `up` inside a lab, and docs/commands.md all derive from it.
 */
export interface OptionEntry {
  /**
   * The flag in Commander's form: `-n, --nodes <count>`, `--stargz`, `--no-images`. Without it, there is only the
   * variable.
   */
  readonly flag?: string;
  /**
   * The environment variable; false means that there is none. By default its name is `VHIVE_` and the flag's name, as
   * in `VHIVE_STATE_DIR`. What is asked of one command at one time, such as `--dry-run` and the filters of `logs`, has
   * none: a variable that is still set from yesterday would change what today's command does.
   */
  readonly variable?: string | false;
  /** What the option says, with units. The text begins in lower case, because help puts it behind the flag. */
  readonly description: string;
  /** What its argument may be. An option without an argument is a switch. */
  readonly argument?: ArgumentType<unknown>;
  /** The value when nobody gives one. */
  readonly default?: unknown;
  /** The default as people write it, such as `1h`. */
  readonly defaultText?: string;
  /** Set when the command is refused without the option. */
  readonly required?: true;
  /**
   * The field of the cluster file that the option sets. `value` is what it sets the field to, where that is not the
   * option's own value. A switch has an opposite that sets the field to `opposite`: `--no-x` of `--x`, and the other way
   * round. Without one, a switch that was once given could not be taken back, because clusters remember.
   */
  readonly clusterFile?: { readonly path: readonly string[]; readonly value?: unknown; readonly opposite?: unknown };
  /** An option of the same command that cannot be given together with this one, and the reason. */
  readonly excludes?: { readonly key: string; readonly because: string };
  /** Set when the help of the command leaves the option out. The command takes it all the same. */
  readonly hidden?: true;
  /** The heading in help. Without it, the option is among the other options. */
  readonly group?: string;
}

/**
 * What becomes of an option of `up` when `--lab N` runs that `up` on the first host of a lab. `forwarded`: the option
 * is handed on. `outer`: the command on this machine deals with it itself, in the way that the text describes.
 * `refused`: the option speaks of this machine, and the text says why it cannot be given; its variable may be set all
 * the same, and is not handed on.
 */
export type InLab = 'forwarded' | { readonly outer: string } | { readonly refused: string };

/** An option that `up` takes. */
export interface UpOptionEntry extends OptionEntry {
  readonly inLab: InLab;
}

/** Options by the name of their value, which is the flag's name in camel case. */
export type OptionEntries = Readonly<Record<string, OptionEntry>>;

type ValueOf<E> = E extends { readonly argument: ArgumentType<infer T> } ? T : boolean;

/** Tells whether there is always a value. The switch `--no-x` is true until it is given. */
type IsAlwaysThere<E> = E extends { default: unknown } | { required: true } | { flag: `--no-${string}` } ? true : false;

/**
 * The values of options, as a command receives them. An option that was not given is absent, so that the cluster file
 * or a default holds.
 */
export type ValuesOf<T extends OptionEntries> = {
  -readonly [K in keyof T as IsAlwaysThere<T[K]> extends true ? K : never]: ValueOf<T[K]>;
} & {
  -readonly [K in keyof T as IsAlwaysThere<T[K]> extends true ? never : K]?: ValueOf<T[K]>;
};

/** Where values were said, by name: `--nodes` or `VHIVE_NODES`. A default was said nowhere and is not in it. */
export interface Origins {
  origins: Readonly<Record<string, string>>;
}

/** Returns the long flag, such as `--nodes`; undefined for an option that has only a variable. */
export function flagName({ flag }: OptionEntry): string | undefined {
  return flag?.match(/--[a-z-]+/)?.[0];
}

/** Returns the environment variable; undefined when there is none. */
export function variableOf(entry: OptionEntry): string | undefined {
  if (entry.variable === false) return undefined;
  return entry.variable ?? flagName(entry)?.replace('--', 'VHIVE_').replaceAll('-', '_').toUpperCase();
}

/** Returns the value of a switch that was given, which is false for `--no-x`. */
export function switchedValue(entry: OptionEntry): boolean {
  return !flagName(entry)?.startsWith('--no-');
}

/** Returns the flag that takes a switch back, such as `--no-stargz`; undefined where there is none. */
export function oppositeFlag(entry: OptionEntry): string | undefined {
  const flag = flagName(entry);
  if (flag === undefined || entry.clusterFile?.opposite === undefined) return undefined;
  return flag.startsWith('--no-') ? flag.replace('--no-', '--') : flag.replace('--', '--no-');
}

/** Leaves options out of the help, but for the named ones. */
export function hidingOthers<T extends OptionEntries>(entries: T, shown: readonly (keyof T)[]): T {
  return Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, shown.includes(key) ? entry : { ...entry, hidden: true }]),
  ) as unknown as T;
}

/** Puts options under a heading of the help. */
export function inGroup<T extends OptionEntries>(group: string, entries: T): T {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, { ...entry, group }])) as unknown as T;
}

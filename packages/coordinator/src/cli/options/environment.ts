import { VhiveError } from '@vhive/shared';
import { type Command, InvalidArgumentError } from 'commander';
import { type CommandName, clusterFields, commandOptions } from './command-options.ts';
import {
  flagName,
  type OptionEntries,
  type OptionEntry,
  oppositeFlag,
  switchedValue,
  variableOf,
} from './option-entry.ts';

/**
 * Completes the options of a parsed command by the environment, and notes where each value was said (see Origins). A
 * flag wins over its variable, and an empty variable says nothing. A command that reads the cluster file heeds the
 * variables of all its fields. Throws `usage` for a variable with a value that its option does not take.
 */
export function applyEnvironment(command: Command, env: NodeJS.ProcessEnv): void {
  const origins: Record<string, string> = {};
  for (const [key, entry] of Object.entries(entriesOf(command))) {
    const variable = variableOf(entry);
    if (command.getOptionValueSource(key) === 'cli') {
      const isBack = entry.argument === undefined && command.getOptionValue(key) !== switchedValue(entry);
      origins[key] = (isBack ? oppositeFlag(entry) : flagName(entry)) ?? key;
      continue;
    }
    const text = variable === undefined ? undefined : env[variable];
    if (variable === undefined || text === undefined || text === '') continue;
    const value = valueFrom(entry, text, variable);
    if (value === undefined) continue;
    command.setOptionValueWithSource(key, value, 'env');
    origins[key] = variable;
  }
  command.setOptionValue('origins', origins);
}

/**
 * Returns the options of a command, and for a command that reads the cluster file everything else that sets fields of
 * it. A command that only groups others has none.
 */
export function entriesOf(command: Command): OptionEntries {
  const name = nameOf(command);
  if (!isCommandName(name)) return {};
  const entries: OptionEntries = commandOptions[name];
  if (!('config' in entries)) return entries;
  return { ...entries, ...Object.fromEntries(Object.entries(clusterFields).filter(([key]) => !(key in entries))) };
}

/** Returns all words of a command below the program's own name: `nodes ls`. */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandOptions, name);
}

/** Returns what a variable says; undefined for a switch that is off, which leaves the decision to the cluster file. */
function valueFrom(entry: OptionEntry, text: string, variable: string): unknown {
  if (entry.argument === undefined) return /^(1|true|yes|on)$/i.test(text) ? switchedValue(entry) : undefined;
  try {
    return entry.argument.parse(text);
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    throw new VhiveError({
      code: 'usage',
      message: `the environment variable ${variable} has the value '${text}', which is invalid. ${cause.message}`,
      hint: `change or unset ${variable}; the flag ${flagName(entry)} wins over it`,
    });
  }
}

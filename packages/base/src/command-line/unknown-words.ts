import { nearestKey } from '@vhive/shared/nearest';

/** What is looked at of a command of the library commander. */
export interface KnownCommand {
  name(): string;
  aliases(): string[];
  /** The words that were given to it, without the options that it knows. */
  readonly args: readonly string[];
  readonly commands: readonly KnownCommand[];
  readonly options: readonly { readonly short?: string; readonly long?: string }[];
  readonly registeredArguments: readonly { readonly variadic: boolean }[];
  /** Ends with an error in the way of all errors of the command line. */
  error(message: string, options: { exitCode: number; code: string }): never;
}

const helpFlags = ['-h', '--help'];

/**
 * Refuses unknown commands, options and arguments among the words of a command that is about to show its help. Commander
 * shows the help and ends well when it finds `--help`, whatever else is written, so that `nodse --help` would look like
 * a command that there is.
 */
export function refuseUnknownWords(command: KnownCommand): void {
  const end = command.args.indexOf('--');
  const words = end === -1 ? command.args : command.args.slice(0, end);
  const options = words.filter((word) => word.startsWith('-') && word !== '-' && !helpFlags.includes(word));
  const [option] = options;
  if (option !== undefined)
    refuse(command, 'option', option.replace(/=.*/s, ''), [
      ...helpFlags,
      ...command.options.flatMap(({ short, long }) => [short, long]),
    ]);
  const operands = words.filter((word) => !word.startsWith('-') || word === '-');
  if (command.commands.length > 0) {
    const known = command.commands.flatMap((one) => [one.name(), ...one.aliases()]);
    const [first, second] = operands;
    // `help` is a command that commander adds by itself.
    const named = first === 'help' ? second : first;
    if (named !== undefined && !known.includes(named)) refuse(command, 'command', named, [...known, 'help']);
    return;
  }
  const taken = command.registeredArguments;
  if (operands.length <= taken.length || taken.at(-1)?.variadic) return;
  const message = `error: ${command.name()} does not take the word '${operands[taken.length]}'`;
  command.error(message, { exitCode: 1, code: 'commander.excessArguments' });
}

function refuse(
  command: KnownCommand,
  what: 'command' | 'option',
  word: string,
  known: readonly (string | undefined)[],
): never {
  const names = known.filter((name) => name !== undefined);
  const nearest = nearestKey(word, names);
  const meant =
    nearest === undefined
      ? `there are ${names.filter((name) => name.length > 2).join(', ')}`
      : `did you mean ${nearest}?`;
  return command.error(`error: unknown ${what} '${word}' (${meant})`, {
    exitCode: 1,
    code: what === 'command' ? 'commander.unknownCommand' : 'commander.unknownOption',
  });
}

/** Writes an error of commander in one line, in the way of our own errors. */
export function commanderMessage({ message }: Error): string {
  return message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/s, ' (did you mean $1?)');
}

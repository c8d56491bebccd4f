import { type Command, Option } from 'commander';
import { type CommandName, commandOptions } from './command-options.ts';
import { type OptionEntries, type OptionEntry, oppositeFlag, variableOf } from './option-entry.ts';

/** Gives a command its options, as the table has them. */
export function withOptions(command: Command, name: CommandName): Command {
  const entries: OptionEntries = commandOptions[name];
  for (const entry of Object.values(entries)) {
    if (entry.flag === undefined) continue;
    command.addOption(commanderOption(entry, entry.flag));
    const opposite = oppositeFlag(entry);
    if (opposite !== undefined) command.addOption(new Option(opposite, `takes ${entry.flag} back`).hideHelp());
  }
  // The descriptions name the variables. Commander itself is not told of them, because it takes any value of a switch's
  // variable for "on".
  return command.configureHelp({ optionDescription: ({ description }) => description });
}

/** Returns what help and the reference say of an option besides its description: choices, default and variable. */
function remarksOn(entry: OptionEntry): string[] {
  const { argument } = entry;
  const preset = entry.default === undefined || entry.default === '' ? undefined : String(entry.default);
  const variable = variableOf(entry);
  const opposite = oppositeFlag(entry);
  return [
    ...(argument?.choices === undefined ? [] : [`choices: ${argument.choices.join(', ')}`]),
    ...(preset === undefined ? [] : [`default: ${entry.defaultText ?? preset}`]),
    ...(opposite === undefined ? [] : [`back: ${opposite}`]),
    ...(variable === undefined ? [] : [`env: ${variable}`]),
  ];
}

function commanderOption(entry: OptionEntry, flag: string): Option {
  const { argument } = entry;
  const remarks = remarksOn(entry);
  const made = new Option(flag, `${entry.description}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`);
  if (argument !== undefined) made.argParser((word: string, before: unknown) => argument.parse(word, before));
  // For completion; `choices` would parse words in its own way.
  if (argument?.choices !== undefined) made.argChoices = [...argument.choices];
  if (entry.group !== undefined) made.helpGroup(entry.group);
  if (entry.hidden) made.hideHelp();
  return made.default(entry.default).makeOptionMandatory(entry.required === true);
}

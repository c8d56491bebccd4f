import type { Command } from 'commander';
import type { CliHooks } from '../cli/hooks.ts';
import { CliIo } from '../cli/io.ts';
import { commandOptions } from '../cli/options/command-options.ts';
import { entriesOf } from '../cli/options/environment.ts';
import { flagName, type OptionEntries, type OptionEntry, variableOf } from '../cli/options/option-entry.ts';
import { clusterVariables } from '../cli/options/table/cluster-variables.ts';
import { createProgram } from '../cli/program.ts';

/** Makes the page of the command line from the commands themselves and the table of their options. */
export function commandsPage(): string {
  const { stdout, stderr } = process;
  // The program is only asked for its commands and runs none of them, so the hooks are never called.
  const program = createProgram({ io: new CliIo({ env: {}, stdout, stderr }), hooks: {} as CliHooks });
  const commands = program.commands.flatMap(leaves);
  const shared = sharedGroups(commands);
  return [
    '# The command line',
    '',
    'Made from `packages/coordinator/src/cli/`; do not edit. A flag wins over its environment variable, and that over the',
    'field of the cluster file in the last column. An empty variable says nothing; that of a switch is on with 1, true, yes',
    'or on. Durations have units: `90s`, `30m`, `1h30m`, `7d`. `--help` of a command shows the same.',
    '',
    ...commands.flatMap((command) => commandSection(command, shared)),
    ...[...shared].flatMap(([group, entries]) => [`## ${title(group)}`, '', ...remark(group), ...table(entries)]),
    '## Variables without a flag',
    '',
    'Every command that takes a cluster file heeds them.',
    '',
    ...table(clusterVariables),
    '## `up --lab`',
    '',
    'The `up` on the first host of the lab is given the same options and variables, but for these. The variables of',
    'those that are refused may be set; they are not handed on.',
    '',
    ...labList(),
    '',
  ].join('\n');
}

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

/** Finds the headings of options that several commands take. These options are shown once, at the end of the page. */
function sharedGroups(commands: readonly Command[]): Map<string, OptionEntries> {
  const groups = commands.flatMap((command) => [...groupsOf(flagsOf(command))]);
  return new Map(
    groups.filter(([group], index) => group !== '' && groups.findIndex(([other]) => other === group) < index),
  );
}

function flagsOf(command: Command): OptionEntries {
  const taken = new Set(command.options.map((option) => option.attributeName()));
  return Object.fromEntries(Object.entries(entriesOf(command)).filter(([key]) => taken.has(key)));
}

function groupsOf(entries: OptionEntries): Map<string, OptionEntries> {
  const groups = Map.groupBy(Object.entries(entries), ([, { group = '' }]) => group);
  return new Map([...groups].map(([group, members]) => [group, Object.fromEntries(members)]));
}

function commandSection(command: Command, shared: ReadonlyMap<string, OptionEntries>): string[] {
  const groups = [...groupsOf(flagsOf(command))];
  const own = groups.filter(([group]) => !shared.has(group)).flatMap(([, entries]) => Object.entries(entries));
  const links = groups
    .filter(([group]) => shared.has(group))
    .map(([group]) => `[${title(group).toLowerCase()}](#${title(group).replaceAll(' ', '-').toLowerCase()})`);
  return [
    `## \`${nameOf(command)}\``,
    '',
    `    ${nameOf(command)} ${command.usage()}`,
    '',
    sentence(command.description()),
    '',
    ...(own.length === 0 ? [] : table(Object.fromEntries(own))),
    ...(links.length === 0 ? [] : [`${own.length === 0 ? 'It takes the' : 'And the'} ${links.join(' and the ')}.`, '']),
  ];
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function table(entries: OptionEntries): string[] {
  const rows = Object.values(entries).map((entry) => [
    entry.flag === undefined ? '' : `\`${entry.flag}\``,
    `${entry.description}${choicesOf(entry)}${entry.required ? '; required' : ''}`,
    entry.default === undefined || entry.default === '' ? '' : `\`${entry.defaultText ?? String(entry.default)}\``,
    code(variableOf(entry)),
    code(entry.clusterFile?.path.join('.')),
  ]);
  const columns = ['option', '', 'default', 'variable', 'cluster file'];
  const shown = columns.map((_, column) => rows.some((cells) => cells[column] !== ''));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => shown[column]).join(' | ')} |`;
  return [
    line(columns),
    line(columns.map(() => '---')).replaceAll(' ', ''),
    ...rows.map((cells) => line(cells.map((cell) => cell.replaceAll('|', '\\|')))),
    '',
  ];
}

function choicesOf({ argument }: OptionEntry): string {
  return argument?.choices === undefined ? '' : ` (${argument.choices.map((word) => `\`${word}\``).join(', ')})`;
}

function labList(): string[] {
  return Object.values(commandOptions.up).flatMap((entry) => {
    if (entry.inLab === 'forwarded') return [];
    const fate = 'outer' in entry.inLab ? entry.inLab.outer : `refused: ${entry.inLab.refused}`;
    return [`- \`${flagName(entry)}\`: ${fate}.`];
  });
}

/**
 * The title of a group of options. `Coordinator (used when ...):` becomes `Coordinator options`, and the rest is shown
 * below it.
 */
function title(group: string): string {
  return `${group.replace(/ \(.*|:$/, '')} options`;
}

function remark(group: string): string[] {
  const text = /\((.*)\)/.exec(group)?.[1];
  return text === undefined ? [] : [sentence(text), ''];
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function sentence(text: string): string {
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return begun.endsWith('.') ? begun : `${begun}.`;
}

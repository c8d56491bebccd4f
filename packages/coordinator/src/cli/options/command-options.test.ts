import { DEFAULT_HTTPS_PORT, DEFAULT_NATS_PORT } from '@vhive/shared';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../context.ts';
import { createProgram } from '../program.ts';
import { type CommandName, commandOptions } from './command-options.ts';
import { entriesOf } from './environment.ts';
import { flagName, type OptionEntries, variableOf } from './option-entry.ts';
import { coordinatorTable } from './table/coordinator.ts';
import { withOptions } from './to-commander.ts';

const tables = Object.entries(commandOptions) as [CommandName, OptionEntries][];

describe('the table of options', () => {
  it.each(tables)('of %s: the name of a value is that of its flag', (name, entries) => {
    const names = withOptions(new Command('x'), name).options.map((option) => option.attributeName());
    // The opposite of a switch has the same name.
    expect([...new Set(names)]).toEqual(Object.keys(entries).filter((key) => entries[key]?.flag !== undefined));
  });

  it.each(tables)('of %s: a variable is named as its flag', (_, entries) => {
    for (const entry of Object.values(entries)) {
      const flag = flagName(entry);
      if (flag === undefined || variableOf(entry) === undefined) continue;
      expect(variableOf(entry)).toBe(`VHIVE_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`);
    }
  });

  it('has the ports that agents take for granted', () => {
    expect(coordinatorTable.httpsPort.default).toBe(DEFAULT_HTTPS_PORT);
    expect(coordinatorTable.natsPort.default).toBe(DEFAULT_NATS_PORT);
  });

  it('knows every command of the program, and no other', () => {
    type Leaf = [name: string, command: Command];
    const leaves = (command: Command, before: readonly string[]): Leaf[] => {
      const words = [...before, command.name()];
      if (command.commands.length === 0) return [[words.join(' '), command]];
      return command.commands.flatMap((one) => leaves(one, words));
    };
    const program = createProgram({ io: { env: {} }, hooks: {} } as CliContext);
    const all = program.commands.flatMap((command) => leaves(command, []));
    expect(all.map(([name]) => name).toSorted()).toEqual(Object.keys(commandOptions).toSorted());
    const known = all.filter(([, command]) => Object.keys(entriesOf(command)).length > 0).map(([name]) => name);
    const withSome = tables.filter(([, entries]) => Object.keys(entries).length > 0).map(([name]) => name);
    expect(known.toSorted()).toEqual(withSome.toSorted());
  });
});

describe('help', () => {
  const helpOf = (name: CommandName) => withOptions(new Command('x'), name).helpInformation();

  it.each(['token ls', 'nodes ls', 'status', 'logs', 'retry'] as const)(
    'of %s names what matters to it, and not how a coordinator is started',
    (name) => {
      expect(helpOf(name)).toContain('--state-dir <dir>');
      expect(helpOf(name)).not.toMatch(/--(mirror|trust-network|nats|https-port|cache-dir)\b/);
    },
  );

  it.each(['up', 'plan', 'serve'] as const)('of %s names all', (name) => {
    expect(helpOf(name)).toMatch(/--mirror[\s\S]*--trust-network/);
  });

  it('what it leaves out is taken all the same', () => {
    const command = withOptions(new Command('x'), 'token ls').parse(['--https-port', '8443'], { from: 'user' });
    expect(command.opts()).toMatchObject({ httpsPort: 8443 });
  });
});

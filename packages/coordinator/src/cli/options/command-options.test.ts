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
    const leaves = (command: Command): Command[] =>
      command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
    const commands = leaves(createProgram({ io: { env: {} }, hooks: {} } as CliContext));
    expect(commands.length).toBe(tables.length);
    expect(new Set(commands.map((command) => Object.keys(entriesOf(command)).length > 0))).toEqual(new Set([true]));
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

import { Command, InvalidArgumentError } from 'commander';
import type { CliHooks } from '../../hooks.ts';
import type { CommandName, Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** What the lab commands need of the program. */
interface LabContext {
  hooks: Pick<CliHooks, 'lab'>;
}

/**
 * Makes the command `vhive-coord lab`, which makes and handles hosts on this machine. Failures are thrown as
 * VhiveError.
 */
export function labCommand({ hooks }: LabContext): Command {
  const lab = new Command('lab')
    .summary('real systemd hosts on this machine, to try things on')
    .description('real systemd hosts on this machine, to try things on (needs root)');
  lab.enablePositionalOptions(); // options that follow the program of `lab exec` belong to that program
  for (const make of [labUpCommand, listCommand, execCommand, rebootCommand, linkCommand, downCommand])
    lab.addCommand(make(hooks));
  return lab;
}

type Hooks = LabContext['hooks'];

function command(name: CommandName & `lab ${string}`, description: string): Command {
  return withOptions(new Command(name.replace('lab ', '')).description(description), name);
}

function labUpCommand(hooks: Hooks): Command {
  return command(
    'lab up',
    'make sure that this many hosts run, each with vhive-agent as a service; existing ones are kept',
  ).action(async (flags: Flags<'lab up'>) => {
    const { makeHosts } = await import('./actions.ts');
    await makeHosts(flags, await hooks.lab());
  });
}

function listCommand(hooks: Hooks): Command {
  return command('lab ls', 'list the hosts').action(async (flags: Flags<'lab ls'>) => {
    const { listHosts } = await import('./actions.ts');
    await listHosts(flags, await hooks.lab());
  });
}

function execCommand(hooks: Hooks): Command {
  return command('lab exec', "run a program as root on a host; this command's exit code is the program's")
    .argument('<host>')
    .argument('<program...>', 'with its arguments')
    .passThroughOptions()
    .action(async (name: string, program: string[], flags: Flags<'lab exec'>) => {
      const { runOnHost } = await import('./actions.ts');
      // The "--" that may stand before the program is not part of it.
      const words = program[0] === '--' ? program.slice(1) : program;
      await runOnHost(name, words, flags, await hooks.lab());
    });
}

function rebootCommand(hooks: Hooks): Command {
  return command('lab reboot', 'reboot a host, or switch it on; waits until it is up')
    .argument('<host>')
    .action(async (name: string, flags: Flags<'lab reboot'>) => {
      const { rebootHost } = await import('./actions.ts');
      await rebootHost(name, flags, await hooks.lab());
    });
}

function linkCommand(hooks: Hooks): Command {
  return command('lab link', "cut a host's network cable, or plug it in again")
    .argument('<host>')
    .argument('<state>', 'up or down', (text) => {
      if (text === 'up' || text === 'down') return text;
      throw new InvalidArgumentError('Must be up or down.');
    })
    .action(async (name: string, state: 'up' | 'down', flags: Flags<'lab link'>) => {
      const { linkHost } = await import('./actions.ts');
      await linkHost(name, state, flags, await hooks.lab());
    });
}

function downCommand(hooks: Hooks): Command {
  return command('lab down', 'remove the hosts and everything that belongs to them').action(
    async (flags: Flags<'lab down'>) => {
      const { removeHosts } = await import('./actions.ts');
      await removeHosts(flags, await hooks.lab());
    },
  );
}

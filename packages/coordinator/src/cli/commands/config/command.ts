import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord config`, which writes and checks cluster files. */
export function configCommand(context: CliContext): Command {
  return new Command('config')
    .summary('write and check cluster files')
    .description(
      'Cluster files, which say what `up --config` brings up. Nothing is touched, and no coordinator is needed.',
    )
    .addCommand(initCommand(context))
    .addCommand(validateCommand(context));
}

function initCommand(context: CliContext): Command {
  const command = new Command('init')
    .summary('write a cluster file with every field, its meaning and its default')
    .description(
      'Writes a cluster file to standard output. Fields that options set stand in it as they are; all others are ' +
        'commented out, with what they mean and their defaults.',
    );
  return withOptions(command, 'config init')
    .addHelpText('after', '\nExample:\n  vhive-coord config init --nodes 4 --sandbox gvisor > vhive.yaml')
    .action(async (flags: Flags<'config init'>) => {
      const { runInit } = await import('./run-init.ts');
      await runInit(flags, context);
    });
}

function validateCommand(context: CliContext): Command {
  const command = new Command('validate')
    .argument('<file>', 'the cluster file')
    .summary('check a cluster file')
    .description(
      'Checks a cluster file by itself: its fields, their values, and which go together. What depends on the hosts is ' +
        'checked by preflight: `up --dry-run`.',
    );
  return withOptions(command, 'config validate')
    .addHelpText('after', '\nExit codes: 0 it is valid; 2 it is not, and every problem is named with its line.')
    .action(async (file: string) => {
      const { runValidate } = await import('./run-validate.ts');
      await runValidate(file, context);
    });
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord status`, which shows the nodes and the newest run. */
export function statusCommand(context: CliContext): Command {
  const command = new Command('status')
    .summary('show the nodes and the newest run')
    .description(
      'Shows the nodes and how the newest run stands, per node and phase. Dry runs are not meant: see `runs ls`.',
    );
  return withOptions(command, 'status')
    .addHelpText('after', '\nExamples:\n  vhive-coord status\n  vhive-coord status --watch')
    .action(async (flags: Flags<'status'>) => {
      const { runStatus } = await import('./run-status.ts');
      await runStatus(flags, context);
    });
}

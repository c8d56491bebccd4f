import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord logs`, which shows what the steps of all nodes printed. */
export function logsCommand(context: CliContext): Command {
  const command = new Command('logs')
    .summary('show, follow or export the output of steps')
    .description(
      'Shows what the steps of all nodes printed (secrets are redacted), of the newest run unless told otherwise.',
    );
  return withOptions(command, 'logs')
    .addHelpText(
      'after',
      `
Examples:
  vhive-coord logs --node worker2 --phase runtime
  vhive-coord logs --errors --tail 50
  vhive-coord logs --follow --tail 20
  vhive-coord logs --export ./logs`,
    )
    .action(async (flags: Flags<'logs'>) => {
      const { runLogs } = await import('./run-logs.ts');
      await runLogs(flags, context);
    });
}

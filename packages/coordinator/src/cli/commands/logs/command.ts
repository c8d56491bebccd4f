import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCoordinatorOptions } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { outputOption } from '../../options/output-option.ts';
import type { LogFlags } from './run-logs.ts';

/** `vhive-coord logs`: what the steps of all nodes printed. */
export function logsCommand(context: CliContext): Command {
  const command = new Command('logs')
    .summary('show, follow or export the output of steps')
    .description(
      'Shows what the steps of all nodes printed (secrets are redacted), of the newest run unless told otherwise.',
    )
    .addOption(option('--run <id>', 'of this run, such as run-20260102t030405-ab12cd; default: the newest'))
    .addOption(option('--node <name>', 'of this node only'))
    .addOption(option('--phase <phase>', 'of this phase only'))
    .addOption(option('-f, --follow', 'go on with what comes, until Ctrl-C'))
    .addOption(option('--export <dir>', 'write <dir>/<node>/<phase>.log instead of printing'))
    .addOption(outputOption());
  return addCoordinatorOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  vhive-coord logs --node worker2 --phase runtime
  vhive-coord logs --follow
  vhive-coord logs --export ./logs`,
    )
    .action(async (flags: LogFlags) => {
      const { runLogs } = await import('./run-logs.ts');
      await runLogs(flags, context);
    });
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCoordinatorOptions, type CoordinatorFlags } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { outputOption } from '../../options/output-option.ts';

/** Values of the options of `status`. */
export interface StatusFlags extends CoordinatorFlags {
  watch?: boolean;
}

/** `vhive-coord status`: nodes and the newest run. */
export function statusCommand(context: CliContext): Command {
  const command = new Command('status')
    .summary('show the nodes and the newest run')
    .description('Shows the nodes and how the newest run stands, per node and phase.')
    .addOption(option('-w, --watch', 'go on showing it as it changes, until the run ends or Ctrl-C'))
    .addOption(outputOption());
  return addCoordinatorOptions(command)
    .addHelpText('after', '\nExamples:\n  vhive-coord status\n  vhive-coord status --watch')
    .action(async (flags: StatusFlags) => {
      const { runStatus } = await import('./run-status.ts');
      await runStatus(flags, context);
    });
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord plan`, which shows the graph of steps before anything is done. */
export function planCommand(context: CliContext): Command {
  const command = new Command('plan')
    .summary('show the graph of steps that up would run')
    .description(
      'Shows the graph of steps that `up` would run. With too few known nodes it plans for placeholders and says so. Asks no host and changes nothing.',
    );
  return withOptions(command, 'plan')
    .addHelpText(
      'after',
      '\nExamples:\n  vhive-coord plan --nodes 3\n  vhive-coord plan --nodes 3 --output mermaid > plan.mmd',
    )
    .action(async (flags: Flags<'plan'>) => {
      const { runPlan } = await import('./run-plan.ts');
      await runPlan(flags, context);
    });
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addClusterOptions } from '../../options/cluster-options.ts';
import { addCoordinatorOptions } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { list } from '../../options/parsers.ts';
import type { PlanFlags } from './run-plan.ts';

/** `vhive-coord plan`: the graph of steps, before anything is done. */
export function planCommand(context: CliContext): Command {
  const command = new Command('plan')
    .summary('show the graph of steps that up would run')
    .description(
      'Shows the graph of steps that `up` would run. With too few known nodes it plans for placeholders and says so. Asks no host and changes nothing.',
    );
  addClusterOptions(command);
  command
    .optionsGroup('Plan:')
    .addOption(option('--until <phase>', 'stop after this phase'))
    .addOption(option('--skip <phase>', 'leave this phase out; repeatable').argParser(list))
    .addOption(option('--limit <node>', 'only steps of this node; repeatable').argParser(list))
    .addOption(
      option('-o, --output <format>', 'text, json (lines, the last of type "result") or mermaid (a diagram source)')
        .choices(['text', 'json', 'mermaid'])
        .default('text'),
    );
  return addCoordinatorOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  vhive-coord plan --nodes 3\n  vhive-coord plan --nodes 3 --output mermaid > plan.mmd',
    )
    .action(async (flags: PlanFlags) => {
      const { runPlan } = await import('./run-plan.ts');
      await runPlan(flags, context);
    });
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCoordinatorOptions, type CoordinatorFlags } from '../../options/coordinator-options.ts';
import { outputOption } from '../../options/output-option.ts';

/** `vhive-coord nodes`: who is enrolled, and who may. */
export function nodesCommand(context: CliContext): Command {
  const command = new Command('nodes')
    .summary('list, approve and remove nodes')
    .description('The nodes of the cluster.');
  command.addCommand(
    withOptions(new Command('ls').alias('list').description('List all nodes: enrolled, and waiting for approval.'))
      .addHelpText('after', '\nExample:\n  vhive-coord nodes ls')
      .action(async (flags: CoordinatorFlags) => {
        const { listNodes } = await import('./actions.ts');
        await listNodes(flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('approve')
        .argument('<name...>', 'names of pending nodes')
        .description('Let in nodes that enrolled without a token. Compare their addresses first.'),
    )
      .addHelpText('after', '\nExample:\n  vhive-coord nodes approve worker1 worker2')
      .action(async (names: string[], flags: CoordinatorFlags) => {
        const { approveNodes } = await import('./actions.ts');
        await approveNodes(names, flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('remove')
        .alias('rm')
        .argument('<name...>', 'names of nodes')
        .description("Remove nodes: their agents' credentials are revoked at once. Pods are not moved away first."),
    )
      .addHelpText('after', '\nExample:\n  vhive-coord nodes remove worker2')
      .action(async (names: string[], flags: CoordinatorFlags) => {
        const { removeNodes } = await import('./actions.ts');
        await removeNodes(names, flags, context);
      }),
  );
  return command;
}

function withOptions(command: Command): Command {
  return addCoordinatorOptions(command.addOption(outputOption()));
}

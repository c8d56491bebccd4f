import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { name, operands } from '../../options/argument-types.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord nodes`, which shows who is enrolled and decides who may be. */
export function nodesCommand(context: CliContext): Command {
  const command = new Command('nodes')
    .summary('list nodes, show what they use, approve and remove them')
    .description('The nodes of the cluster.');
  command.addCommand(
    withOptions(
      new Command('ls').alias('list').description('List all nodes: enrolled, and waiting for approval.'),
      'nodes ls',
    )
      .addHelpText('after', '\nExample:\n  vhive-coord nodes ls')
      .action(async (flags: Flags<'nodes ls'>) => {
        const { listNodes } = await import('./actions.ts');
        await listNodes(flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('top')
        .argument('[name...]', 'names of nodes; default: all', operands(name))
        .description('Show what nodes use: CPU, memory and network, as their agents tell it once per second.'),
      'nodes top',
    )
      .addHelpText(
        'after',
        '\nExamples:\n  vhive-coord nodes top --watch\n  vhive-coord nodes top worker1 --output json',
      )
      .action(async (names: string[], flags: Flags<'nodes top'>) => {
        const { showUsage } = await import('./top.ts');
        await showUsage(names, flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('approve')
        .argument('<name:key...>', 'names and keys of hosts that ask, as `nodes ls` shows them')
        .description(
          'Let in hosts that came without a token, or with a new key. Compare the key with the one their agent shows.',
        ),
      'nodes approve',
    )
      .addHelpText('after', '\nExample:\n  vhive-coord nodes approve worker1:3f2a91c07d5e4b18')
      .action(async (names: string[], flags: Flags<'nodes ls'>) => {
        const { approveNodes } = await import('./actions.ts');
        await approveNodes(names, flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('remove')
        .alias('rm')
        .argument('<name...>', 'names of nodes', operands(name))
        .description("Remove nodes: their agents' credentials are revoked at once. Pods are not moved away first."),
      'nodes remove',
    )
      .addHelpText('after', '\nExample:\n  vhive-coord nodes remove worker2')
      .action(async (names: string[], flags: Flags<'nodes ls'>) => {
        const { removeNodes } = await import('./actions.ts');
        await removeNodes(names, flags, context);
      }),
  );
  return command;
}

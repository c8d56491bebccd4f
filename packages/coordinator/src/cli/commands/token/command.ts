import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { operands, tokenId } from '../../options/argument-types.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord token`, which handles the join tokens with which agents enrol. */
export function tokenCommand(context: CliContext): Command {
  const command = new Command('token')
    .summary('create, list and revoke join tokens')
    .description('Join tokens, with which agents enrol. They work with and without a running coordinator.');
  command.addCommand(
    withOptions(
      new Command('create').description(
        'Make a join token and print it, alone, to standard output. It is not shown again.',
      ),
      'token create',
    )
      .addHelpText(
        'after',
        `
Give it to an agent in VHIVE_TOKEN or in /etc/vhive/agent-token (mode 0600), never on a command line, where other users can read it.

Example:
  vhive-coord token create --ttl 2h --description "rack 7" > join-token`,
      )
      .action(async (flags: Flags<'token create'>) => {
        const { createToken } = await import('./actions.ts');
        await createToken(flags, context);
      }),
  );
  command.addCommand(
    withOptions(new Command('ls').alias('list').description('List join tokens, without their secrets.'), 'token ls')
      .addHelpText('after', '\nExample:\n  vhive-coord token ls')
      .action(async (flags: Flags<'token ls'>) => {
        const { listTokens } = await import('./actions.ts');
        await listTokens(flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('revoke')
        .argument('<id...>', 'ids as `token ls` shows them', operands(tokenId))
        .description('Make join tokens useless. Nodes that enrolled with them stay.'),
      'token revoke',
    )
      .addHelpText('after', '\nExample:\n  vhive-coord token revoke k3x7q2ab')
      .action(async (ids: string[], flags: Flags<'token ls'>) => {
        const { revokeTokens } = await import('./actions.ts');
        await revokeTokens(ids, flags, context);
      }),
  );
  return command;
}

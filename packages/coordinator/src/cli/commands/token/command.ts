import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCoordinatorOptions } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { outputOption } from '../../options/output-option.ts';
import { duration } from '../../options/parsers.ts';
import type { CreateTokenFlags, TokenFlags } from './actions.ts';

/** `vhive-coord token`: join tokens, with which agents enrol. */
export function tokenCommand(context: CliContext): Command {
  const command = new Command('token')
    .summary('create, list and revoke join tokens')
    .description('Join tokens, with which agents enrol. They work with and without a running coordinator.');
  command.addCommand(
    addCoordinatorOptions(
      new Command('create')
        .description('Make a join token and print it, alone, to standard output. It is not shown again.')
        .addOption(
          option('--ttl <duration>', 'how long it can be used, such as 30m, 24h or 7d')
            .argParser(duration)
            .default(86_400, '24h'),
        )
        .addOption(option('--description <text>', 'what it is for, shown in the list').default(''))
        .addOption(outputOption()),
    )
      .addHelpText(
        'after',
        `
Give it to an agent in VHIVE_TOKEN or in /etc/vhive/agent-token (mode 0600), never on a command line, where other users can read it.

Example:
  vhive-coord token create --ttl 2h --description "rack 7" > join-token`,
      )
      .action(async (flags: CreateTokenFlags) => {
        const { createToken } = await import('./actions.ts');
        await createToken(flags, context);
      }),
  );
  command.addCommand(
    addCoordinatorOptions(
      new Command('ls').alias('list').description('List join tokens, without their secrets.').addOption(outputOption()),
    )
      .addHelpText('after', '\nExample:\n  vhive-coord token ls')
      .action(async (flags: TokenFlags) => {
        const { listTokens } = await import('./actions.ts');
        await listTokens(flags, context);
      }),
  );
  command.addCommand(
    addCoordinatorOptions(
      new Command('revoke')
        .argument('<id...>', 'ids as `token ls` shows them')
        .description('Make join tokens useless. Nodes that enrolled with them stay.')
        .addOption(outputOption()),
    )
      .addHelpText('after', '\nExample:\n  vhive-coord token revoke k3x7q2ab')
      .action(async (ids: string[], flags: TokenFlags) => {
        const { revokeTokens } = await import('./actions.ts');
        await revokeTokens(ids, flags, context);
      }),
  );
  return command;
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord retry`, which tries again what failed in the newest run. */
export function retryCommand(context: CliContext): Command {
  const command = new Command('retry')
    .summary('try again what failed in the newest run')
    .description('Tries the failed and skipped steps of the newest run again and follows it to its end.');
  return withOptions(command, 'retry')
    .addHelpText('after', '\nExit codes as for up.\n\nExample:\n  vhive-coord retry --node worker2')
    .action(async (flags: Flags<'retry'>) => {
      const { runRetry } = await import('./run-retry.ts');
      await runRetry(flags, context);
    });
}

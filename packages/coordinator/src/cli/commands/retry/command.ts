import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCoordinatorOptions, type CoordinatorFlags } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { outputOption } from '../../options/output-option.ts';
import { list } from '../../options/parsers.ts';

/** Values of the options of `retry`. */
export interface RetryFlags extends CoordinatorFlags {
  node?: string[];
}

/** `vhive-coord retry`: tries again what failed in the newest run. */
export function retryCommand(context: CliContext): Command {
  const command = new Command('retry')
    .summary('try again what failed in the newest run')
    .description('Tries the failed and skipped steps of the newest run again and follows it to its end.')
    .addOption(
      option('--node <name>', 'only the steps of this node; repeatable; default: all that failed').argParser(list),
    )
    .addOption(outputOption());
  return addCoordinatorOptions(command)
    .addHelpText('after', '\nExit codes as for up.\n\nExample:\n  vhive-coord retry --node worker2')
    .action(async (flags: RetryFlags) => {
      const { runRetry } = await import('./run-retry.ts');
      await runRetry(flags, context);
    });
}

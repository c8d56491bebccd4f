import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { runId } from '../../options/argument-types.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord runs`, which shows the runs that there were and ends one that has not ended. */
export function runsCommand(context: CliContext): Command {
  const command = new Command('runs')
    .summary('list, show and cancel runs')
    .description('The runs of the cluster: every up and retry, and the dry runs of up --dry-run and doctor.');
  command.addCommand(
    withOptions(new Command('ls').alias('list').description('List all runs, the newest last.'), 'runs ls')
      .addHelpText('after', '\nExample:\n  vhive-coord runs ls')
      .action(async (flags: Flags<'runs ls'>) => {
        const { listRuns } = await import('./actions.ts');
        await listRuns(flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('show')
        .argument(
          '[run]',
          'such as run-20260102t030405-ab12cd; default: the newest one that is no dry run',
          (word: string) => runId.parse(word),
        )
        .description('Show what a run went by and how it went, per node and phase.'),
      'runs show',
    )
      .addHelpText('after', '\nExample:\n  vhive-coord runs show run-20260102t030405-ab12cd')
      .action(async (run: string | undefined, flags: Flags<'runs show'>) => {
        const { showRun } = await import('./actions.ts');
        await showRun(run, flags, context);
      }),
  );
  command.addCommand(
    withOptions(
      new Command('cancel')
        .argument('<run>', 'a run that has not ended', (word: string) => runId.parse(word))
        .description(
          'End a run early, whether it is under way or stands still. What it does on the nodes is stopped; what is done stays.',
        ),
      'runs cancel',
    )
      .addHelpText('after', '\nExample:\n  vhive-coord runs cancel run-20260102t030405-ab12cd')
      .action(async (run: string, flags: Flags<'runs cancel'>) => {
        const { cancelRun } = await import('./actions.ts');
        await cancelRun(run, flags, context);
      }),
  );
  return command;
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord replay`, which replays a trace of functions. */
export function replayCommand(context: CliContext): Command {
  const command = new Command('replay')
    .argument('[dir]', 'the trace: a folder with invocations.csv, durations.csv and memory.csv')
    .summary('replay a trace of functions')
    .description(
      'Deploys a function for each function of an Azure trace (layout of 2019), calls each as often as the trace says, ' +
        "with the run times and memory that the trace has, and writes results also as invitro's loader does.",
    );
  return withOptions(command, 'replay')
    .addHelpText(
      'after',
      `
Exit codes: 0 all calls were made, whatever some said; 4 a function did not become Ready, or all calls failed; 2 a wrong trace
or option; 3 no room for the results; 6 the cluster or its gateway cannot be reached; 130 interrupted, with what was measured.

Examples:
  vhive-coord replay traces/azure --minutes 30 --warm-up 10 --sample 50 --seed 1
  vhive-coord replay --config cmd/config_knative_trace.json
  vhive-coord replay traces/azure --minutes 10 --save-schedule calls.jsonl
  vhive-coord replay traces/azure --schedule calls.jsonl`,
    )
    .action(async (folder: string | undefined, flags: Flags<'replay'>) => {
      const { runReplay } = await import('./run-replay.ts');
      await runReplay(folder, flags, context);
    });
}

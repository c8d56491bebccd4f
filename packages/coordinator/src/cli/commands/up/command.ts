import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { exitCodeLines } from '../../exit-code-lines.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord up`, which takes a cluster from bare hosts to Ready nodes. */
export function upCommand(context: CliContext): Command {
  const command = new Command('up')
    .summary('bring up the cluster: wait for its nodes, make them ready, report')
    .description(
      'Brings up a cluster of N nodes, this host being the master: waits until their agents have come, runs all phases ' +
        'and reports. What is already as it should be is left alone, so it can be repeated at any time, and resumes ' +
        'where an interrupted one stopped.',
    );
  return withOptions(command, 'up')
    .addHelpText(
      'after',
      `
Flags win over environment variables (VHIVE_*), which win over the cluster file.

${exitCodeLines('The cluster is ready.')}

Examples:
  vhive-coord up --nodes 4                          this host and three others
  vhive-coord up --nodes 4 --dry-run                what would change, per node
  vhive-coord up --config vhive.yaml --output json  for scripts: one JSON object per line
  vhive-coord up --lab 3                            try it: three real hosts on this machine
  vhive-coord up --simulate 4                       try it without root: simulated hosts`,
    )
    .action(async (flags: Flags<'up'>) => {
      const { runUp } = await import('./run-up.ts');
      await runUp(flags, context);
    });
}

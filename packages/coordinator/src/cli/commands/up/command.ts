import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addClusterOptions } from '../../options/cluster-options.ts';
import { addCoordinatorOptions } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { outputOption } from '../../options/output-option.ts';
import { duration, list, wholeNumber } from '../../options/parsers.ts';
import type { UpFlags } from './flags.ts';

/** `vhive-coord up`: from bare hosts to Ready nodes. */
export function upCommand(context: CliContext): Command {
  const command = new Command('up')
    .summary('bring up the cluster: wait for its nodes, make them ready, report')
    .description(
      'Brings up a cluster of N nodes, this host being the master: waits until their agents have come, runs all phases ' +
        'and reports. What is already as it should be is left alone, so it can be repeated at any time, and resumes ' +
        'where an interrupted one stopped.',
    );
  addClusterOptions(command);
  command
    .optionsGroup('Run:')
    .addOption(option('--until <phase>', 'stop after this phase'))
    .addOption(option('--skip <phase>', 'leave this phase out; repeatable').argParser(list))
    .addOption(option('--limit <node>', 'run steps of this node only; repeatable').argParser(list))
    .addOption(option('--dry-run', 'look at everything, change nothing, and say what would change'))
    .addOption(
      option('--timeout <duration>', 'end the run after this time, such as 90s, 30m or 1h30m')
        .argParser(duration)
        .default(3600, '1h'),
    )
    .addOption(
      option('--wait-nodes <duration>', 'give up waiting for nodes after this time; default: --timeout').argParser(
        duration,
      ),
    )
    .addOption(outputOption())
    .optionsGroup('To try it:')
    .addOption(
      option('--lab <hosts>', 'make this many real hosts on this machine first (root), and bring them up').argParser(
        wholeNumber(1, 100),
      ),
    )
    .addOption(
      option('--simulate <nodes>', 'real coordinator and agents, simulated hosts; needs no root').argParser(
        wholeNumber(1, 5000),
      ),
    );
  return addCoordinatorOptions(command)
    .addHelpText(
      'after',
      `
Flags win over environment variables (VHIVE_*), which win over the cluster file.

Exit codes: 0 ready; 1 internal error; 2 bad usage or cluster file; 3 refused by preflight; 4 a step failed for good;
5 timed out; 6 coordinator, NATS or an agent unreachable; 130 interrupted (the same command resumes).

Examples:
  vhive-coord up --nodes 4                          this host and three others
  vhive-coord up --nodes 4 --dry-run                what would change, per node
  vhive-coord up --config vhive.yaml --output json  for scripts: one JSON object per line
  vhive-coord up --lab 3                            try it: three real hosts on this machine
  vhive-coord up --simulate 4                       try it without root: simulated hosts`,
    )
    .action(async (flags: UpFlags) => {
      const { runUp } = await import('./run-up.ts');
      await runUp(flags, context);
    });
}

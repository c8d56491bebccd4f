import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addClusterOptions } from '../../options/cluster-options.ts';
import { addCoordinatorOptions } from '../../options/coordinator-options.ts';
import { option } from '../../options/environment.ts';
import { outputOption } from '../../options/output-option.ts';
import { duration, wholeNumber } from '../../options/parsers.ts';
import type { UpFlags } from '../up/flags.ts';

/** `vhive-coord doctor`: is everything as `up` left it, and how does a person see it? */
export function doctorCommand(context: CliContext): Command {
  const command = new Command('doctor')
    .summary('look at every node: what differs, what is unwell, and how to check it by hand')
    .description(
      'Looks at every node as a dry run of `up` with the same options does, and at its services, KVM, pools and space; ' +
        'changes nothing. Per phase it says what differs, how far that phase is proven without your hardware, and the ' +
        'commands by which you see for yourself that it works.',
    );
  addClusterOptions(command);
  command
    .optionsGroup('Doctor:')
    .addOption(
      option('--timeout <duration>', 'end after this time, such as 90s or 5m').argParser(duration).default(600, '10m'),
    )
    .addOption(option('--simulate <nodes>', 'look at simulated hosts').argParser(wholeNumber(1, 5000)))
    .addOption(outputOption());
  return addCoordinatorOptions(command)
    .addHelpText(
      'after',
      `
Exit codes: 0 all is as it should be; 4 something differs or is unwell; others as of \`up\`.

Examples:
  vhive-coord doctor --nodes 4
  vhive-coord doctor --config vhive.yaml --output json`,
    )
    .action(async (flags: UpFlags) => {
      const { runUp } = await import('../up/run-up.ts');
      const { reportDoctor } = await import('./report-doctor.ts');
      await runUp({ ...flags, dryRun: true }, context, reportDoctor);
    });
}

import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/**
 * Makes the command `vhive-coord doctor`, which tells whether everything is as `up` left it and how a person can look
 * at it.
 */
export function doctorCommand(context: CliContext): Command {
  const command = new Command('doctor')
    .summary('look at every node: what differs, what is unwell, and how to check it by hand')
    .description(
      'Looks at every node as a dry run of `up` with the same options does, and at its services, KVM, pools and space. It ' +
        'changes nothing. For each phase it says what differs, how far that phase is proven without your hardware, and the ' +
        'commands by which you see for yourself that it works.',
    );
  return withOptions(command, 'doctor')
    .addHelpText(
      'after',
      `
Exit codes: 0 all is as it should be; 4 something differs or is unwell; others as of \`up\`.

Examples:
  vhive-coord doctor --nodes 4
  vhive-coord doctor --config vhive.yaml --output json`,
    )
    .action(async (flags: Flags<'doctor'>) => {
      const { runUp } = await import('../up/run-up.ts');
      const { reportDoctor } = await import('./report-doctor.ts');
      await runUp({ ...flags, dryRun: true }, context, reportDoctor);
    });
}

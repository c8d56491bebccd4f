import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord experiment`, which measures what a file describes. */
export function experimentCommand(context: CliContext): Command {
  return new Command('experiment')
    .summary('measure what a file describes, resume it, and report it')
    .description(
      'An experiment is a file: functions, a load, and the values of any fields that are swept. Each trial starts from a ' +
        'known state and has a folder of its own; what is finished is never lost.',
    )
    .addCommand(validateCommand(context))
    .addCommand(planCommand(context))
    .addCommand(runCommand(context))
    .addCommand(resumeCommand(context))
    .addCommand(reportCommand(context));
}

function validateCommand(context: CliContext): Command {
  const command = new Command('validate')
    .argument('<file>', 'the experiment file')
    .summary('check an experiment file')
    .description('Checks an experiment file with the settings of every point. Nothing is touched.');
  return withOptions(command, 'experiment validate').action(
    async (file: string, flags: Flags<'experiment validate'>) => {
      const { runValidate } = await import('./run-plan.ts');
      await runValidate(file, flags, context);
    },
  );
}

function planCommand(context: CliContext): Command {
  const command = new Command('plan')
    .argument('<file>', 'the experiment file')
    .summary('show the trials in their order')
    .description('Shows what would be measured, in the order that follows from the seed. Nothing is touched.');
  return withOptions(command, 'experiment plan').action(async (file: string) => {
    const { runPlan } = await import('./run-plan.ts');
    await runPlan(file, context);
  });
}

const exitCodes = `
Exit codes: 0 every trial is measured; 4 some failed, which the report names; 2 a wrong file, or a folder that is no experiment's;
6 the cluster cannot be reached; 130 interrupted: experiment resume goes on with the next trial.`;

function runCommand(context: CliContext): Command {
  const command = new Command('run')
    .argument('<file>', 'the experiment file')
    .summary('measure an experiment')
    .description(
      'Measures every trial: brings the cluster to its settings where it has some, deploys its functions, brings them to ' +
        'a known state, sends the load, and keeps the results. A trial that fails is recorded, and the rest goes on.',
    );
  return withOptions(command, 'experiment run')
    .addHelpText(
      'after',
      `${exitCodes}\n\nExample:\n  vhive-coord experiment run cold-starts.yaml --results cold-starts`,
    )
    .action(async (file: string, flags: Flags<'experiment run'>) => {
      const { runNew } = await import('./run-experiment.ts');
      await runNew(file, flags, context);
    });
}

function resumeCommand(context: CliContext): Command {
  const command = new Command('resume')
    .argument('<dir>', 'the folder of the results')
    .summary('go on with an experiment')
    .description(
      'Goes on with the next trial that is not finished. The experiment file is the one kept in the folder.',
    );
  return withOptions(command, 'experiment resume')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  vhive-coord experiment resume cold-starts --retry-failed`)
    .action(async (folder: string, flags: Flags<'experiment resume'>) => {
      const { runResume } = await import('./run-experiment.ts');
      await runResume(folder, flags, context);
    });
}

function reportCommand(context: CliContext): Command {
  const command = new Command('report')
    .argument('<dir...>', 'folders of results; those after the first are compared to it')
    .summary('write a page with tables and plots')
    .description(
      'Writes one HTML page that needs nothing else: medians with confidence intervals, plots, what failed, and how ' +
        'several experiments differ. It can be made while the experiment runs.',
    );
  return withOptions(command, 'experiment report')
    .addHelpText('after', '\nExample:\n  vhive-coord experiment report before after --file compared.html')
    .action(async (folders: string[], flags: Flags<'experiment report'>) => {
      const { runReport } = await import('./run-report.ts');
      await runReport(folders, flags, context);
    });
}

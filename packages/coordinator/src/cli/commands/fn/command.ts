import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { functionName, functionPattern, operands } from '../../options/argument-types.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord fn`, which deploys functions and looks after them. */
export function fnCommand(context: CliContext): Command {
  const command = new Command('fn')
    .summary('deploy, list, describe and delete functions')
    .description('The functions of the cluster (Knative Services), by way of a kubeconfig: no coordinator is asked.');
  for (const make of [deployCommand, lsCommand, describeCommand, logsCommand, deleteCommand, showCommand])
    command.addCommand(make(context));
  return command;
}

/** Makes the command `vhive-coord deploy`, which is `fn deploy`. */
export function deployAlias(context: CliContext): Command {
  return deployCommand(context).summary('deploy functions: the same as fn deploy');
}

/** Makes the command `vhive-coord delete`, which is `fn delete`. */
export function deleteAlias(context: CliContext): Command {
  return deleteCommand(context).summary('delete functions: the same as fn delete');
}

function deployCommand(context: CliContext): Command {
  return withOptions(
    new Command('deploy')
      .argument('[file|name...]', 'files of Knative Services, directories of them, or names of shipped functions')
      .description(
        'Deploys functions, waits until they are Ready, and writes endpoints.json. Without a file or name: the default functions that ship with vhive-coord.',
      ),
    'fn deploy',
  )
    .addHelpText(
      'after',
      `
Examples:
  vhive-coord fn deploy helloworld
  vhive-coord fn deploy my-function.yaml --count 10 --min-scale 1
  vhive-coord fn deploy --functions functions.json --func-dir ./knative_workloads`,
    )
    .action(async (words: string[], flags: Flags<'fn deploy'>) => {
      const { runDeploy } = await import('./run-deploy.ts');
      await runDeploy(words, flags, context);
    });
}

function lsCommand(context: CliContext): Command {
  return withOptions(
    new Command('ls')
      .alias('list')
      .description('List the functions of a namespace: whether they are Ready, and where.'),
    'fn ls',
  )
    .addHelpText('after', '\nExample:\n  vhive-coord fn ls')
    .action(async (flags: Flags<'fn ls'>) => {
      const { runList } = await import('./run-list.ts');
      await runList(flags, context);
    });
}

function describeCommand(context: CliContext): Command {
  return withOptions(
    new Command('describe')
      .argument('<name>', 'a function', (word: string) => functionName.parse(word))
      .description('Show all of a function: its conditions, revisions, pods and nodes, what keeps it, and events.'),
    'fn describe',
  )
    .addHelpText('after', '\nExample:\n  vhive-coord fn describe helloworld-0')
    .action(async (name: string, flags: Flags<'fn describe'>) => {
      const { runDescribe } = await import('./run-describe.ts');
      await runDescribe(name, flags, context);
    });
}

function logsCommand(context: CliContext): Command {
  return withOptions(
    new Command('logs')
      .argument('<name>', 'a function', (word: string) => functionName.parse(word))
      .description('Show what a function prints, in all its pods. Pods that are gone have taken their output along.'),
    'fn logs',
  )
    .addHelpText('after', '\nExample:\n  vhive-coord fn logs helloworld-0 --follow --tail 20')
    .action(async (name: string, flags: Flags<'fn logs'>) => {
      const { runFunctionLogs } = await import('./run-function-logs.ts');
      await runFunctionLogs(name, flags, context);
    });
}

function deleteCommand(context: CliContext): Command {
  return withOptions(
    new Command('delete')
      .argument('[name...]', 'functions, or patterns such as "helloworld-*"', operands(functionPattern))
      .description('Delete functions, whoever made them, and wait until they and their pods are gone.'),
    'fn delete',
  )
    .addHelpText('after', '\nExamples:\n  vhive-coord fn delete helloworld-0\n  vhive-coord fn delete --all')
    .action(async (names: string[] | undefined, flags: Flags<'fn delete'>) => {
      const { runDelete } = await import('./run-delete.ts');
      await runDelete(names ?? [], flags, context);
    });
}

function showCommand(context: CliContext): Command {
  return withOptions(
    new Command('show')
      .argument('[name]', 'a function that ships with vhive-coord')
      .description('List the functions that ship with vhive-coord, or print one as YAML, to change and deploy it.'),
    'fn show',
  )
    .addHelpText('after', '\nExample:\n  vhive-coord fn show helloworld --sandbox gvisor > mine.yaml')
    .action(async (name: string | undefined, flags: Flags<'fn show'>) => {
      const { runShow } = await import('./run-show.ts');
      runShow(name, flags, context);
    });
}

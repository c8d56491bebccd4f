import { refuseUnknownWords } from '@vhive/base/command-line/unknown-words';
import { VERSION } from '@vhive/shared/version';
import { Command } from 'commander';
import { completionCommand } from './commands/completion/command.ts';
import { configCommand } from './commands/config/command.ts';
import { doctorCommand } from './commands/doctor/command.ts';
import { experimentCommand } from './commands/experiment/command.ts';
import { deleteAlias, deployAlias, fnCommand } from './commands/fn/command.ts';
import { imageCommand } from './commands/image/command.ts';
import { invokeCommand } from './commands/invoke/command.ts';
import { kubeconfigCommand } from './commands/kubeconfig/command.ts';
import { labCommand } from './commands/lab/command.ts';
import { logsCommand } from './commands/logs/command.ts';
import { mirrorCommand } from './commands/mirror/command.ts';
import { nodesCommand } from './commands/nodes/command.ts';
import { planCommand } from './commands/plan/command.ts';
import { replayCommand } from './commands/replay/command.ts';
import { retryCommand } from './commands/retry/command.ts';
import { runsCommand } from './commands/runs/command.ts';
import { serveCommand } from './commands/serve/command.ts';
import { serveImagesCommand } from './commands/serve-images/command.ts';
import { statusCommand } from './commands/status/command.ts';
import { tokenCommand } from './commands/token/command.ts';
import { upCommand } from './commands/up/command.ts';
import { versionCommand } from './commands/version/command.ts';
import type { CliContext } from './context.ts';
import type { Origins } from './options/option-entry.ts';

/** Makes the whole command line. Commands load what they need when they act, so that help is quick. */
export function createProgram(context: CliContext): Command {
  const program = new Command('vhive-coord')
    .description('Turns N bare Debian/Ubuntu machines into a ready vHive cluster with one command.')
    .version(VERSION)
    .showHelpAfterError(false)
    .addHelpText(
      'after',
      `
Examples:
  vhive-coord up --nodes 4      bring up a cluster: this host and three others
  vhive-coord up --simulate 4   try it without root or hosts
  vhive-coord status --watch    see how it goes`,
    );
  const commands = [
    upCommand(context),
    planCommand(context),
    statusCommand(context),
    doctorCommand(context),
    nodesCommand(context),
    tokenCommand(context),
    runsCommand(context),
    logsCommand(context),
    retryCommand(context),
    serveCommand(context),
    serveImagesCommand(context),
    fnCommand(context),
    deployAlias(context),
    deleteAlias(context),
    imageCommand(context),
    invokeCommand(context),
    replayCommand(context),
    experimentCommand(context),
    configCommand(context),
    mirrorCommand(context),
    labCommand(context),
    kubeconfigCommand(context),
    completionCommand(context),
    versionCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  prepare(program, context);
  program.hook('preAction', async (_program, command) => {
    const { applyEnvironment, entriesOf } = await import('./options/environment.ts');
    const { checkExclusions } = await import('./options/exclusions.ts');
    applyEnvironment(command, context.io.env);
    // Lab commands write their own result line.
    context.io.resultIsOut = command.parent?.name() === 'lab';
    await context.io.setJson(command.opts<{ output?: string }>().output === 'json');
    checkExclusions(entriesOf(command), command.opts<Origins>());
  });
  return program;
}

/** Prepares a command so that errors are thrown. Its caller shows them all in one form, or as the last JSON line. */
function prepare(command: Command, context: CliContext): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.io.stdout.write(text),
    writeErr: (text) => context.io.stderr.write(text),
    outputError: () => undefined,
  });
  command.on('beforeHelp', () => refuseUnknownWords(command));
  for (const child of command.commands) prepare(child, context);
}

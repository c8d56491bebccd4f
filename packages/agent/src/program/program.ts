import { hostname } from 'node:os';
import { commanderMessage, refuseUnknownWords } from '@vhive/base/command-line/unknown-words';
import { watchStandardOutput } from '@vhive/base/standard-output';
import { exitCodeOf, nearestKey, VERSION, VhiveError } from '@vhive/shared';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { GENERATE_LOAD } from '../host/generator-order.ts';
import { reportError } from './error-report.ts';
import { defaultStateDirectory, INSTALLED_TOKEN_FILE } from './paths.ts';

/** Runs the command line of `vhive-agent` to its end. Returns the exit code. */
export async function main(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const output = watchStandardOutput(() => process.kill(process.pid, 'SIGTERM'));
  return await output.end(await runProgram(argv, environment), exitCodeOf('step-failed'));
}

/**
 * The command line itself. The code of a command is loaded only when it is called,
 * because an agent that stays in memory for months should hold no more than it needs.
 */
async function runProgram(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  // The agent starts itself as this, so no person is told of it.
  if (argv[2] === GENERATE_LOAD && process.connected)
    return await (await import('../load-generator/serve.ts')).serveGenerator();
  let exitCode = 0;
  const program = new Command('vhive-agent')
    .description('The agent of a vHive node: does on this host what the coordinator asks for')
    .version(VERSION)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nWithout a command, the agent runs in the foreground: vhive-agent --coordinator <ip>. See vhive-agent run --help for its options.',
    );

  connectionOptions(program.command('run', { isDefault: true }), environment)
    .description('run in the foreground (the default)')
    .addOption(new Option('--simulate <directory>', 'imitate a host in this directory').hideHelp())
    .addOption(new Option('--simulate-address <ip>', 'its address').default('127.0.0.1').hideHelp())
    .action(async (options) => {
      const { runCommand } = await import('./run.ts');
      exitCode = await runCommand(options, environment);
    });

  connectionOptions(program.command('install'), environment)
    .description('write and start the systemd service vhive-agent (needs root); safe to repeat')
    .action(async (options) => {
      const { installCommand } = await import('./install.ts');
      exitCode = await installCommand(options, environment);
    });

  program
    .command('uninstall')
    .description('stop and remove the service (needs root)')
    .option('--purge', 'remove the identity, the journal and the token as well')
    .addOption(outputOption())
    .addOption(stateDirectoryOption(environment))
    .action(async (options) => {
      const { uninstallCommand } = await import('./uninstall.ts');
      exitCode = await uninstallCommand(options);
    });

  program
    .command('status')
    .description('tell whether the agent of this host is enrolled and connected, and what it does')
    .addOption(outputOption())
    .addOption(stateDirectoryOption(environment))
    .action(async (options) => {
      const { statusCommand } = await import('./status.ts');
      exitCode = await statusCommand(options);
    });

  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      .on('beforeHelp', () => refuseUnknownWords(command));
  try {
    checkCommand(argv[2], program);
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportError(asVhiveError(error), { json: wantsJson(argv, environment) });
  }
}

/** Refuses a first word that is no command. Commander would take it for an argument of `run`, the default. */
function checkCommand(word: string | undefined, { commands }: Command): void {
  const names = ['help', ...commands.map((command) => command.name())];
  if (word === undefined || word.startsWith('-') || names.includes(word)) return;
  const nearest = nearestKey(word, names);
  throw new VhiveError({
    code: 'usage',
    message: `unknown command '${word}'`,
    hint: nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`,
  });
}

/** Turns what the library commander throws into an error for a person, whose exit code is that of wrong usage. */
function asVhiveError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = commanderMessage(error);
  return new VhiveError({
    code: 'usage',
    message,
    hint: 'see what it takes: vhive-agent --help, or vhive-agent <command> --help',
  });
}

function connectionOptions(command: Command, environment: NodeJS.ProcessEnv): Command {
  return command
    .addOption(new Option('--coordinator <ip[:port]>', 'address of the coordinator').env('VHIVE_COORDINATOR'))
    .addOption(
      new Option(
        '--token-file <path>',
        `file with the join token; VHIVE_TOKEN wins (default: ${INSTALLED_TOKEN_FILE})`,
      ).env('VHIVE_TOKEN_FILE'),
    )
    .addOption(new Option('--name <name>', 'name of the node').env('VHIVE_NODE').default(ownName(), "the host's name"))
    .addOption(stateDirectoryOption(environment))
    .addOption(
      new Option('--log-level <level>', 'how much to tell')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info')
        .env('VHIVE_LOG_LEVEL'),
    )
    .addOption(outputOption());
}

function stateDirectoryOption(environment: NodeJS.ProcessEnv): Option {
  return new Option('--state-dir <directory>', 'where identity and journal are kept')
    .default(defaultStateDirectory(environment))
    .argParser(directory)
    .env('VHIVE_AGENT_STATE_DIR');
}

/** An empty path would be the working directory, and nobody means that. */
function directory(path: string): string {
  if (path.trim() !== '') return path;
  throw new InvalidArgumentError('It is empty; name a directory, or leave it out for the default one.');
}

function outputOption(): Option {
  return new Option('--output <format>', 'text or json').choices(['text', 'json']).default('text').env('VHIVE_OUTPUT');
}

/**
 * Whether the output should be JSON. This reads the arguments itself, because an error may come before the options are
 * parsed.
 */
function wantsJson(argv: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  const given = argv.flatMap((argument, index) =>
    argument === '--output' ? [argv[index + 1]] : argument.startsWith('--output=') ? [argument.slice(9)] : [],
  );
  return (given.at(-1) ?? environment.VHIVE_OUTPUT) === 'json';
}

function ownName(): string {
  return (hostname().split('.')[0] ?? '').toLowerCase();
}

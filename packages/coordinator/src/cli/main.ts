import { watchStandardOutput } from '@vhive/base/standard-output';
import { exitCodeOf } from '@vhive/shared/errors';
import { CommanderError } from 'commander';
import type { CliHooks } from './hooks.ts';
import { guardSignals, readerGone } from './interrupt.ts';
import { CliIo } from './io.ts';
import { withDoubleDashes } from './options/single-dash.ts';
import { createProgram } from './program.ts';

/**
 * The codes with which Commander ends when help or the version was asked for, or when help is shown because no command
 * was named.
 */
const helpCodes = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/**
 * Runs the command line and returns the exit code. `argv` has the form of `process.argv`. With `--output json` the
 * result, or the error, is the last line of standard output.
 */
export async function runCli(argv: readonly string[], hooks: CliHooks): Promise<number> {
  const io = new CliIo({ env: process.env, stdout: process.stdout, stderr: process.stderr });
  guardSignals(io);
  const output = watchStandardOutput(() => readerGone(io));
  // Nothing may end the command without its result line.
  process.on('uncaughtException', (cause) => {
    void showAndEnd(cause, io);
  });
  const exitCode = await runProgram(argv, io, hooks);
  // `lab exec` ends with the exit code of the program it ran.
  return await output.end(exitCode || Number(process.exitCode ?? 0), exitCodeOf('step-failed'));
}

async function showAndEnd(cause: unknown, io: CliIo): Promise<never> {
  const { showError } = await import('./show-error.ts');
  if (!io.isOver) showError(cause, io);
  io.writeResult();
  // biome-ignore lint/plugin: after an error that nobody caught, what still runs cannot be trusted to end
  process.exit(io.result.exitCode);
}

/** Does the same as {@link runCli} with streams and an environment of the caller's choice. */
export async function runProgram(argv: readonly string[], io: CliIo, hooks: CliHooks): Promise<number> {
  // The output mode is set even when the options cannot be parsed, so that a script always gets its result line.
  const [, , first, dashes, ...words] = argv;
  if (first === 'complete' && dashes === '--') {
    const { complete } = await import('./commands/completion/complete.ts');
    io.stdout.write(complete(words, createProgram({ io, hooks })));
    return 0;
  }
  await io.setJson(wantsJson(argv, io.env));
  try {
    const program = createProgram({ io, hooks });
    await program.parseAsync(withDoubleDashes(argv));
  } catch (cause) {
    if (cause instanceof CommanderError && helpCodes.has(cause.code))
      return cause.exitCode === 0 ? 0 : exitCodeOf('usage');
    io.resultIsOut = false;
    const { showError } = await import('./show-error.ts');
    showError(cause, io);
  }
  io.writeResult();
  return io.result.exitCode;
}

function wantsJson(argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const given = argv.findLast(
    (word, index) => word.startsWith('--output=') || ['--output', '-o'].includes(argv[index - 1] ?? ''),
  );
  return (given?.replace('--output=', '') ?? env.VHIVE_OUTPUT) === 'json';
}

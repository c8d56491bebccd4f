import { defined, messageOf, VhiveError } from '@vhive/shared';
import { ExecaError, execa, type Options } from 'execa';

/** The options with which a command of the build is run. */
export interface CommandOptions {
  /** What the command is for, as part of an error message, such as `unpacking Go`. */
  readonly purpose: string;
  /** What the operator can do when the command fails. */
  readonly hint?: string;
  readonly cwd?: string;
  /**
   * The whole environment. By default it has PATH, the proxy settings and the C locale, so that no setting of the user
   * changes the result.
   */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Called with each line of standard error as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

const inheritedVariables = ['PATH', 'TMPDIR', 'http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

/** Returns the environment with which commands start unless another one is given. */
export function plainEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C.UTF-8', TZ: 'UTC', DEBIAN_FRONTEND: 'noninteractive' };
  for (const name of inheritedVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/**
 * Runs a program to its end and returns its standard output without the last newline. Throws a VhiveError `preflight`
 * with the last lines that the program printed.
 */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const settings = {
    env: options.env ?? plainEnvironment(),
    extendEnv: false,
    stdin: 'ignore',
    buffer: true,
    maxBuffer: 64 * 1024 * 1024,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 10_000,
    ...defined({ cwd: options.cwd, cancelSignal: options.signal }),
  } satisfies Options;
  try {
    const running = execa(file, args, settings);
    if (options.onErrorLine !== undefined) {
      for await (const line of running.iterable({ from: 'stderr' })) options.onErrorLine(line);
    }
    const { stdout } = await running;
    return stdout;
  } catch (error) {
    throw new VhiveError({
      code: 'preflight',
      message: `The build of the lab's mirror tree failed while ${options.purpose}: ${describeFailure(file, error)}`,
      hint: options.hint,
      cause: error,
    });
  }
}

/** Tells how the program ended, followed by the last lines that it printed. */
function describeFailure(file: string, error: unknown): string {
  if (!(error instanceof ExecaError)) return messageOf(error);
  const end = error.exitCode === undefined ? error.shortMessage : `${file} ended with exit code ${error.exitCode}`;
  const outputs: unknown[] = [error.stderr, error.stdout];
  const said = outputs.find((text): text is string => typeof text === 'string' && text.trim() !== '');
  return said !== undefined ? `${end}\n${said.trim().split('\n').slice(-8).join('\n')}` : end;
}

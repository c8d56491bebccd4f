import { defined, VhiveError } from '@vhive/shared';
import { ExecaError, execa } from 'execa';
import { toolPath } from './tool-path.ts';

/** The options with which a tool of the machine is run. */
export interface ToolOptions {
  /** What the tool is run for, as in "while <doing>". */
  doing: string;
  hint?: string | undefined;
  input?: string | undefined;
  /** Variables that are added to the environment. */
  env?: Readonly<Record<string, string>> | undefined;
  /** A file that gets all output as it comes, and that stays after a failure. */
  logFile?: string | undefined;
  /** Kills the tool after this many milliseconds. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a tool of the machine to its end and returns its standard output. Throws a VhiveError with the last lines that
 * the tool printed, or `interrupted` when the signal stopped it.
 */
export async function runTool(argv: readonly [string, ...string[]], options: ToolOptions): Promise<string> {
  const [file, ...args] = argv;
  const streams = options.logFile === undefined ? {} : { stdout: sink(options.logFile), stderr: sink(options.logFile) };
  try {
    const result = await execa(file, args, {
      env: { PATH: toolPath, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...options.env },
      maxBuffer: 64 * 1024 * 1024,
      forceKillAfterDelay: 10_000,
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
      ...streams,
      ...defined({ timeout: options.timeout, cancelSignal: options.signal }),
    });
    return result.stdout;
  } catch (error) {
    if (options.signal?.aborted) {
      throw new VhiveError({
        code: 'interrupted',
        message: `The lab was stopped while ${options.doing}.`,
        cause: error,
      });
    }
    const where = options.logFile === undefined ? '' : ` All of its output is in ${options.logFile}.`;
    throw new VhiveError({
      code: 'preflight',
      message: `The lab failed while ${options.doing}: ${failureText(error)}${where}`,
      hint: options.hint,
      cause: error,
    });
  }
}

function sink(file: string): ['pipe', { file: string; append: true }] {
  return ['pipe', { file, append: true }];
}

/** Returns the first line of what went wrong, and the last lines that the program printed. */
function failureText(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  const outputs: unknown[] = [error.stderr, error.stdout];
  const said = outputs.find((text) => typeof text === 'string' && text.trim() !== '');
  const lines = typeof said === 'string' ? `\n${said.trim().split('\n').slice(-8).join('\n')}\n` : '';
  return `${error.shortMessage}${lines}`;
}

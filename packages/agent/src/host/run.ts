import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { defined } from '@vhive/shared';
import { execa } from 'execa';
import type { CommandOptions, CommandResult } from './host.ts';

/** The directories in which programs are looked for, whatever PATH the agent was started with. */
export const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The process group of an aborted command gets SIGTERM, and SIGKILL this many milliseconds later. */
const TERMINATION_GRACE_MS = 10_000;

/**
 * When a command has ended but a process that it left behind holds its pipes, output is still read for this many
 * milliseconds.
 */
const PIPE_GRACE_MS = 2_000;

/** Returns the exit status that a shell gives for a command that cannot be started. */
function startFailure(code: string | undefined): number {
  return code === 'ENOENT' ? 127 : 126;
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Runs a command in a process group of its own, with messages in English, without questions and with a known search
 * path. It rejects only with the signal's reason, and only when no process of the group is left.
 */
export async function run(
  argv: readonly string[],
  options: CommandOptions = {},
  searchPath: string = SEARCH_PATH,
): Promise<CommandResult> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('a command needs at least the name of a program');
  options.signal?.throwIfAborted();

  const child = execa(program, args, {
    reject: false,
    // The command gets its own process group, so that an abort also ends what it started.
    detached: true,
    extendEnv: false,
    ...defined({ cwd: options.directory }),
    env: {
      HOME: process.env.HOME ?? '/root',
      ...options.environment,
      PATH: searchPath,
      LC_ALL: 'C',
      DEBIAN_FRONTEND: 'noninteractive',
    },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });

  const { onLine } = options;
  // The ends of these streams are awaited below, so that no line comes after the result.
  const lines = onLine
    ? (['stdout', 'stderr'] as const).map((stream) => {
        const reader = createInterface({ input: child[stream], crlfDelay: Number.POSITIVE_INFINITY });
        reader.on('line', (line) => onLine(stream, line));
        return once(reader, 'close');
      })
    : [];

  let killTimer: NodeJS.Timeout | undefined;
  const abort = () => {
    const { pid } = child;
    if (pid === undefined) return;
    killGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => killGroup(pid, 'SIGKILL'), TERMINATION_GRACE_MS);
  };
  options.signal?.addEventListener('abort', abort, { once: true });

  let pipeTimer: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once('exit', () => {
    const grace = options.signal?.aborted ? TERMINATION_GRACE_MS + PIPE_GRACE_MS : PIPE_GRACE_MS;
    pipeTimer = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, grace);
  });

  try {
    const result = await child;
    await Promise.all(lines);
    if (options.signal?.aborted) {
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
      throw options.signal.reason;
    }
    if (child.pid === undefined)
      return {
        exitCode: startFailure(result.code),
        stdout: '',
        stderr: result.code === 'ENOENT' ? `${program}: no such program` : String(result.originalMessage),
      };
    const killed = result.signal === undefined ? undefined : 128 + (constants.signals[result.signal] ?? 0);
    return {
      exitCode: child.nodeChildProcess.exitCode ?? killed ?? result.exitCode ?? 1,
      stdout: result.stdout,
      stderr: result.stderr,
    };
  } finally {
    clearTimeout(killTimer);
    clearTimeout(pipeTimer);
    options.signal?.removeEventListener('abort', abort);
  }
}

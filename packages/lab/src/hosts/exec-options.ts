import type { ResultPromise } from 'execa';

/** The options with which a program is run inside a host. */
export interface LabExecOptions {
  /** `capture` (the default) collects the output and closes the input; `inherit` passes this process's own streams. */
  stdio?: 'capture' | 'inherit';
  /** The text for the program's standard input; only with `capture`. */
  input?: string;
  /**
   * Variables that are added to the clean environment of a root login. Nothing of this process's environment is passed.
   */
  env?: Readonly<Record<string, string>>;
  /** The working directory inside the host; `/` by default. */
  cwd?: string;
  /** Whether the program talks to a terminal. Then the kind of terminal is passed as well. */
  tty?: boolean;
  /** false tells a failure by the result's `exitCode` instead of throwing it. */
  reject?: boolean;
  /** The program is ended after this many milliseconds in the same way as by `signal`. */
  timeout?: number;
  /** Ends the program with SIGTERM, and after a while with SIGKILL. The execution then fails with that signal. */
  signal?: AbortSignal | undefined;
  /** How long the program may take to end after SIGTERM before it is killed, in milliseconds; 5 s by default. */
  killAfterMs?: number;
}

/** The running process and the result of execa, with the output as text. */
export type LabExecution = ResultPromise<{ encoding: 'utf8' }>;

/** The environment of a root login in a host. Nothing of the caller's environment is passed. */
export const rootEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
} as const;

/** Calls `onStop` when the options' signal aborts or their time is over before the execution has ended. */
export function whenStopped(
  { signal, timeout }: LabExecOptions,
  execution: PromiseLike<unknown>,
  onStop: () => void,
): void {
  const limit = timeout === undefined ? [] : [AbortSignal.timeout(timeout)];
  const stop = AbortSignal.any([...(signal === undefined ? [] : [signal]), ...limit]);
  stop.addEventListener('abort', onStop);
  const ended = () => stop.removeEventListener('abort', onStop);
  execution.then(ended, ended);
}

/** Returns the options of execa that follow from those of a program in a host. */
export function executionOptions(options: LabExecOptions) {
  const inherit = options.stdio === 'inherit';
  const terminal = options.tty && process.env.TERM ? { TERM: process.env.TERM } : {};
  return {
    // The variables are not passed as arguments, because every user of the machine can read those.
    env: { ...rootEnvironment, ...terminal, ...options.env },
    extendEnv: false,
    reject: options.reject ?? true,
    maxBuffer: 64 * 1024 * 1024,
    ...(inherit ? { stdio: 'inherit' as const } : {}),
    ...(inherit || options.input !== undefined ? {} : { stdin: 'ignore' as const }),
    ...(options.input === undefined ? {} : { input: options.input }),
  };
}

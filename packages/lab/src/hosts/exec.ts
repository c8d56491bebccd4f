import { readFileSync } from 'node:fs';
import { defined, VhiveError } from '@vhive/shared';
import { execa, type ResultPromise } from 'execa';
import { hierarchiesOf } from '../machine/cgroups.ts';
import { parseMountInfo } from '../machine/mounts.ts';
import { childrenOf, leaderOf, sendSignal, startTimeOf } from '../machine/process.ts';
import type { LabHost } from '../types.ts';
import { withheldCapabilities } from './capabilities.ts';

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

const rootEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
};

/**
 * Enters the host's cgroups and then its namespaces. The arguments are the groups, `--`, and those of nsenter. Ctrl-C
 * reaches every process of a terminal, and nsenter must live on until the program has reacted to it, so it ignores that
 * signal; but it ends with this process.
 */
const joinScript = `
while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done 2> /dev/null
shift
exec setpriv --pdeathsig=KILL env --ignore-signal=INT,QUIT nsenter "$@"
`;

/**
 * Runs a program as root inside a host, in all of the host's namespaces. The program ends with this process. Throws a
 * VhiveError when the host is off, and otherwise what execa throws.
 */
export function labExec(host: LabHost, argv: readonly string[], options: LabExecOptions = {}): LabExecution {
  options.signal?.throwIfAborted();
  // The host may have another leader than when it was looked up, because of a reboot since then.
  const leader = leaderOf(host.supervisor);
  if (leader === undefined) {
    throw new VhiveError({
      code: 'unreachable',
      message: `The lab host ${host.name} is off.`,
      hint: `vhive-coord lab reboot ${host.name}`,
    });
  }
  const terminal = options.tty && process.env.TERM ? { TERM: process.env.TERM } : {};
  const running = execa(
    'sh',
    [
      ...['-c', joinScript, 'lab-exec', ...groupsOf(leader), '--'],
      ...[`--target=${leader}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--'],
      // nsenter only waits for the program. Without this, the program would go on when nsenter is killed.
      ...[
        'setpriv',
        '--pdeathsig=KILL',
        `--bounding-set=${withheldCapabilities.map((name) => `-${name}`).join(',')}`,
        '--',
      ],
      ...['env', '--default-signal=INT,QUIT', `--chdir=${options.cwd ?? '/'}`, ...argv],
    ],
    {
      // The variables are not passed as arguments, because every user of the machine can read those.
      env: { ...rootEnvironment, ...terminal, ...options.env },
      extendEnv: false,
      reject: options.reject ?? true,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.stdio === 'inherit' ? { stdio: 'inherit' as const } : {}),
      ...(options.stdio === 'inherit' || options.input !== undefined ? {} : { stdin: 'ignore' as const }),
      ...defined({ input: options.input }),
    },
  );
  const limit = options.timeout === undefined ? [] : [AbortSignal.timeout(options.timeout)];
  const stop = AbortSignal.any([...(options.signal === undefined ? [] : [options.signal]), ...limit]);
  const onStop = () => endProgram(running.pid, options.killAfterMs ?? 5_000);
  stop.addEventListener('abort', onStop);
  running.then(ended, ended);
  function ended() {
    stop.removeEventListener('abort', onStop);
  }
  return running as unknown as LabExecution;
}

/**
 * Ends the program that nsenter waits for, and not nsenter itself: a process whose parent is gone becomes a child of
 * the machine's first process, and its host cannot end before that process has reaped it.
 */
function endProgram(nsenter: number | undefined, killAfterMs: number): void {
  if (nsenter === undefined) return;
  const program = childrenOf(nsenter)[0] ?? nsenter;
  const startTime = startTimeOf(program);
  if (startTime === undefined) return;
  sendSignal({ pid: program, startTime }, 'SIGTERM');
  setTimeout(() => sendSignal({ pid: program, startTime }, 'SIGKILL'), killAfterMs).unref();
}

/**
 * Returns the host's own group in every hierarchy. This is the leader's group without the one that systemd made for
 * itself alone.
 */
function groupsOf(leader: number): string[] {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const hierarchies = hierarchiesOf(readFileSync(`/proc/${leader}/cgroup`, 'utf8'), mounts);
  return hierarchies.map(({ own }) => own.replace(/\/init\.scope$/, ''));
}

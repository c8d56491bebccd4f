import { readFileSync } from 'node:fs';
import { VhiveError } from '@vhive/shared';
import { execa, type ResultPromise } from 'execa';
import { hierarchiesOf } from '../machine/cgroups.ts';
import { parseMountInfo } from '../machine/mounts.ts';
import { childrenOf, leaderOf, sendSignal, startTimeOf } from '../machine/process.ts';
import type { LabHost } from '../types.ts';
import { withheldCapabilities } from './capabilities.ts';

/** How a program is run inside a host. */
export interface LabExecOptions {
  /** `capture` (the default) collects the output and closes the input; `inherit` passes this process's own streams. */
  stdio?: 'capture' | 'inherit';
  /** Text for the program's standard input; with `capture` only. */
  input?: string;
  /** Added to the clean environment of a root login; nothing of this process's environment is passed. */
  env?: Readonly<Record<string, string>>;
  /** Working directory inside the host; `/` by default. */
  cwd?: string;
  /** The program talks to a terminal: the kind of terminal is passed too. */
  tty?: boolean;
  /** False: a failure is told by the result's `exitCode` instead of being thrown. */
  reject?: boolean;
  /** Milliseconds after which the program is ended as by `signal`. */
  timeout?: number;
  /** Ends the program with SIGTERM, after 5 s with SIGKILL: the execution fails with that signal. */
  signal?: AbortSignal | undefined;
}

/** execa's running process and result, with the output as text. */
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
 * Enters the host's cgroups, then its namespaces. Arguments: the groups, `--`, those of nsenter. Ctrl-C reaches every
 * process of a terminal: nsenter must live on until the program has answered it. But it ends with this process.
 */
const joinScript = `
while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done 2> /dev/null
shift
exec setpriv --pdeathsig=KILL env --ignore-signal=INT,QUIT nsenter "$@"
`;

/**
 * Runs a program as root inside a host, in all of the host's namespaces. It ends with this
 * process. Throws a VhiveError when the host is off; for the rest what execa throws.
 */
export function labExec(host: LabHost, argv: readonly string[], options: LabExecOptions = {}): LabExecution {
  options.signal?.throwIfAborted();
  // A reboot since the host was looked up gave it another leader.
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
      // nsenter only waits for the program: without this it would go on when nsenter is killed.
      ...[
        'setpriv',
        '--pdeathsig=KILL',
        `--bounding-set=${withheldCapabilities.map((name) => `-${name}`).join(',')}`,
        '--',
      ],
      ...['env', '--default-signal=INT,QUIT', `--chdir=${options.cwd ?? '/'}`, ...argv],
    ],
    {
      // Not by arguments: those can be read by every user of the machine.
      env: { ...rootEnvironment, ...terminal, ...options.env },
      extendEnv: false,
      reject: options.reject ?? true,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.stdio === 'inherit' ? { stdio: 'inherit' as const } : {}),
      ...(options.stdio === 'inherit' || options.input !== undefined ? {} : { stdin: 'ignore' as const }),
      ...(options.input === undefined ? {} : { input: options.input }),
    },
  );
  const limit = options.timeout === undefined ? [] : [AbortSignal.timeout(options.timeout)];
  const stop = AbortSignal.any([...(options.signal === undefined ? [] : [options.signal]), ...limit]);
  const onStop = () => endProgram(running.pid);
  stop.addEventListener('abort', onStop);
  running.then(ended, ended);
  function ended() {
    stop.removeEventListener('abort', onStop);
  }
  return running as unknown as LabExecution;
}

/** How long a program may take to end after SIGTERM before it is killed, milliseconds. */
const patience = 5_000;

/**
 * Ends the program that nsenter waits for, not nsenter: a process whose parent is gone becomes a child of the machine's
 * first process, and its host cannot end before that has looked after it.
 */
function endProgram(nsenter: number | undefined): void {
  if (nsenter === undefined) return;
  const program = childrenOf(nsenter)[0] ?? nsenter;
  const startTime = startTimeOf(program);
  if (startTime === undefined) return;
  sendSignal({ pid: program, startTime }, 'SIGTERM');
  setTimeout(() => sendSignal({ pid: program, startTime }, 'SIGKILL'), patience).unref();
}

/** The host's own group in every hierarchy: the leader's, without the one systemd made for itself alone. */
function groupsOf(leader: number): string[] {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const hierarchies = hierarchiesOf(readFileSync(`/proc/${leader}/cgroup`, 'utf8'), mounts);
  return hierarchies.map(({ own }) => own.replace(/\/init\.scope$/, ''));
}

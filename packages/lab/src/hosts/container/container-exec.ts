import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { hierarchiesOf } from '../../machine/cgroups.ts';
import { parseMountInfo } from '../../machine/mounts.ts';
import { childrenOf, sendSignal, startTimeOf } from '../../machine/process.ts';
import type { LabHost } from '../../types.ts';
import { executionOptions, type LabExecOptions, type LabExecution, whenStopped } from '../exec-options.ts';
import { withheldCapabilities } from './capabilities.ts';

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

/** Runs a program in all namespaces of a container. */
export function execInContainer(host: LabHost, argv: readonly string[], options: LabExecOptions): LabExecution {
  const leader = host.leaderPid;
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
    executionOptions(options),
  );
  whenStopped(options, running, () => endProgram(running.pid, options.killAfterMs ?? 5_000));
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

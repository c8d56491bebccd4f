import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import type { Hierarchy } from '../machine/cgroups.ts';
import type { LabNames } from '../machine/names.ts';
import { hostNetworkScript } from '../machine/network.ts';
import { startTimeOf } from '../machine/process.ts';
import { toolPath } from '../machine/tool-path.ts';
import type { ProcessIdentity } from '../types.ts';

/**
 * Makes the host's network, starts the container, and does both again whenever its system reboots (systemd-nspawn ends with 133 then).
 * Arguments: the host's directories in the cgroup hierarchies, `--`, the container's command.
 * Groups the last boot left are removed first, as a reboot of a machine does.
 */
const superviseScript = `
${hostNetworkScript}
while :; do
  make_network || exit 125
  for directory in "$@"; do
    [ "$directory" = -- ] && break
    find "$directory" -mindepth 1 -depth -type d -exec rmdir {} + 2> /dev/null
  done
  sh -c '
    while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 125; shift; done
    shift
    exec "$@"
  ' join "$@"
  code=$?
  [ "$code" = 133 ] || exit "$code"
done
`;

/**
 * Where systemd manages the one version 2 hierarchy, only a delegated scope has controllers to hand on, and only while
 * it holds no process itself: the supervisor goes to one group below it and the host to another.
 */
const delegatedScript = `
scope=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
mkdir "$scope/supervisor" "$scope/host" && echo $$ > "$scope/supervisor/cgroup.procs" || exit 125
for controller in $(cat "$scope/cgroup.controllers"); do echo "+$controller" > "$scope/cgroup.subtree_control"; done
set -- "$scope/host" "$@"
${superviseScript}`;

/** True where systemd owns a machine whose controllers are all in the version 2 hierarchy. */
export function needsDelegatedScope(hierarchies: readonly Hierarchy[]): boolean {
  return existsSync('/run/systemd/system') && hierarchies.every((hierarchy) => hierarchy.version === 2);
}

/** What a supervisor starts. */
export interface SupervisedContainer {
  /** The command of systemd-nspawn. */
  argv: readonly string[];
  /** The host's directories in the cgroup hierarchies; none when it gets a scope. */
  cgroups: readonly string[];
  /** Name of the systemd scope to run in, without `.scope`; undefined to stay in the caller's groups. */
  scope: string | undefined;
  env: Readonly<Record<string, string>>;
  /** Gets all that is said; emptied first. */
  logFile: string;
}

/** Starts a supervisor that outlives this process, in a session of its own, and gives its identity. */
export async function startSupervisor(container: SupervisedContainer): Promise<ProcessIdentity> {
  const { scope } = container;
  const script = scope === undefined ? superviseScript : delegatedScript;
  const command = ['sh', '-c', script, 'vhive-lab', ...container.cgroups, '--', ...container.argv];
  const prefix =
    scope === undefined
      ? []
      : ['systemd-run', '--scope', '--quiet', '--collect', '--slice-inherit', '-p', 'Delegate=yes', `--unit=${scope}`];
  const [file = 'sh', ...args] = [...prefix, ...command];
  await mkdir(dirname(container.logFile), { recursive: true });
  const log = await open(container.logFile, 'w', 0o600);
  const stream = log.createWriteStream();
  try {
    const supervisor = execa(file, args, {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      stdin: 'ignore',
      stdout: stream,
      stderr: stream,
      cwd: '/',
      env: { PATH: toolPath, ...container.env },
      extendEnv: false,
    });
    supervisor.nodeChildProcess.unref();
    const startTime = supervisor.pid === undefined ? undefined : startTimeOf(supervisor.pid);
    if (supervisor.pid === undefined || startTime === undefined) {
      throw new VhiveError({
        code: 'internal',
        message: `The supervisor of a lab host ended at once; see ${container.logFile}.`,
      });
    }
    return { pid: supervisor.pid, startTime };
  } finally {
    stream.destroy();
  }
}

/**
 * The supervisors of a lab that run, found by their environment: also those nobody had the time to write down. What they
 * have started inherits the environment, so the topmost process of each counts.
 */
export async function findSupervisors(names: LabNames): Promise<ProcessIdentity[]> {
  const mark = `\0LAB_BRIDGE_NAMESPACE=${names.bridgeNamespace}\0`;
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!`\0${environment}`.includes(mark)) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    parents.set(pid, Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]));
  }
  return [...parents].flatMap(([pid, parent]) => {
    const startTime = startTimeOf(pid);
    return parents.has(parent) || startTime === undefined ? [] : [{ pid, startTime }];
  });
}

import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import { currentHierarchies, type Hierarchy, makeHostCgroups } from '../machine/cgroups.ts';
import { type LabNames, labHostNames } from '../machine/names.ts';
import { startTimeOf } from '../machine/process.ts';
import { toolPath } from '../machine/tool-path.ts';
import type { ProcessIdentity } from '../types.ts';

/**
 * The script of a supervisor. It makes the host's network, starts the host, and does both again whenever a container's
 * system reboots (systemd-nspawn then ends with 133; qemu reboots by itself). The arguments are the host's directories
 * in the cgroup hierarchies, `--`, and the host's command. Groups that the last boot left are removed first, as a
 * reboot of a machine does.
 */
const superviseScript = `
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
 * The script for a machine where systemd manages the one hierarchy of version 2. There, only a delegated scope has
 * controllers to pass on, and only while it holds no process itself: so the supervisor goes to one group below it and
 * the host to another.
 */
const delegatedScript = `
scope=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
mkdir "$scope/supervisor" "$scope/host" && echo $$ > "$scope/supervisor/cgroup.procs" || exit 125
for controller in $(cat "$scope/cgroup.controllers"); do echo "+$controller" > "$scope/cgroup.subtree_control"; done
set -- "$scope/host" "$@"
${superviseScript}`;

/** Tells whether systemd owns the machine and all its controllers are in the version 2 hierarchy. */
function needsDelegatedScope(hierarchies: readonly Hierarchy[]): boolean {
  return existsSync('/run/systemd/system') && hierarchies.every((hierarchy) => hierarchy.version === 2);
}

/** What a supervisor starts. */
export interface SupervisedHost {
  /** The command of the process that is the host, or that starts it. */
  argv: readonly string[];
  /** The shell function `make_network`, which is called before each start. */
  network: string;
  /** The variables for both. Those of the network mark the process as one of this lab: see {@link findSupervisors}. */
  env: Readonly<Record<string, string>>;
  /** The processor time that the host may claim beside other work, in processes that always run; one if not given. */
  weight?: number;
}

/**
 * Starts a supervisor in a session of its own, so that it outlives this process, and in cgroups of the host. The output
 * goes to the host's log, which is emptied first. Returns the supervisor's identity and the host's directories in the
 * cgroup hierarchies (none when the host gets a scope of systemd).
 */
export async function startSupervisor(
  names: LabNames,
  host: string,
  { argv, network, env, weight = 1 }: SupervisedHost,
): Promise<{ supervisor: ProcessIdentity; cgroups: string[] }> {
  const isDelegated = needsDelegatedScope(await currentHierarchies());
  const cgroups = isDelegated ? [] : await makeHostCgroups(names.cgroup, host, weight);
  const scope = isDelegated ? `${names.cgroup}-${host}` : undefined;
  const script = `${network}${isDelegated ? delegatedScript : superviseScript}`;
  const command = ['sh', '-c', script, 'vhive-lab', ...cgroups, '--', ...argv];
  const prefix =
    scope === undefined
      ? []
      : [
          ...['systemd-run', '--scope', '--quiet', '--collect', '--slice-inherit', '-p', 'Delegate=yes'],
          ...['-p', `CPUWeight=${weight * 100}`, `--unit=${scope}`],
        ];
  const [file = 'sh', ...args] = [...prefix, ...command];
  const { log: logFile } = labHostNames(names, host);
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'w', 0o600);
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
      env: { PATH: toolPath, ...env },
      extendEnv: false,
    });
    supervisor.nodeChildProcess.unref();
    const startTime = supervisor.pid === undefined ? undefined : startTimeOf(supervisor.pid);
    if (supervisor.pid === undefined || startTime === undefined) {
      throw new VhiveError({
        code: 'internal',
        message: `The supervisor of a lab host ended at once; see ${logFile}.`,
      });
    }
    return { supervisor: { pid: supervisor.pid, startTime }, cgroups };
  } finally {
    stream.destroy();
  }
}

/**
 * Finds the running supervisors of a lab by their environment, so that those are found as well that the state file does
 * not hold yet. The processes that they have started inherit the environment, so the topmost process of each counts.
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

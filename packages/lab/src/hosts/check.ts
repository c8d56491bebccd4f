import { access, mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { messageOf, VhiveError } from '@vhive/shared';
import { currentHierarchies } from '../machine/cgroups.ts';
import { runTool } from '../machine/command.ts';
import { missingPackages } from '../machine/prerequisites.ts';

const simulateHint = 'This needs no lab, no root and no kernel features: vhive-coord up --simulate 4';

/** A reason, in words for a person, why there can be no lab here. */
type Obstacle = string;

/**
 * Throws a VhiveError that says precisely what keeps a lab from running on this machine, and what to use instead. It
 * tries the real thing in namespaces that vanish afterwards: network, mounts, overlay file system, cgroups. This takes
 * less than 0.1 s.
 */
export async function labCheck(options: { stateDir: string }): Promise<void> {
  const checks = [isLinux, isRoot, canInstall, canMakeNamespaces, () => canOverlay(options.stateDir), hasCgroups];
  for (const check of checks) {
    const obstacle = await check();
    if (obstacle !== undefined) {
      throw new VhiveError({ code: 'preflight', message: `A lab cannot run here: ${obstacle}`, hint: simulateHint });
    }
  }
}

function isLinux(): Obstacle | undefined {
  if (process.platform !== 'linux') return `its hosts are Linux containers, and this is ${process.platform}.`;
  if (process.arch === 'x64' || process.arch === 'arm64') return undefined;
  return `its hosts are made for x64 and arm64, and this machine is ${process.arch}.`;
}

function isRoot(): Obstacle | undefined {
  if (process.geteuid?.() === 0) return undefined;
  return `making hosts needs root, and this is user ${process.geteuid?.()}. Try again as root or with sudo.`;
}

async function canInstall(): Promise<Obstacle | undefined> {
  const hasApt = await access('/usr/bin/apt-get').then(
    () => true,
    () => false,
  );
  if (hasApt) return undefined;
  const missing = await missingPackages();
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1];
  return `it needs apt (Debian or Ubuntu) to get ${missing.join(', ') || 'the packages of its hosts'}, and this is ${name}.`;
}

async function canMakeNamespaces(): Promise<Obstacle | undefined> {
  const script =
    'ip link add lab0 type bridge && ip link add lab1 type veth peer name lab2 && ip link set lab1 master lab0';
  const kinds = 'mount, network, process id, IPC and UTS namespaces';
  return obstacleIn(
    ['unshare', '--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--', 'sh', '-c', script],
    `this kernel or container does not let root make ${kinds} with a bridge and veth pairs`,
  );
}

async function canOverlay(stateDir: string): Promise<Obstacle | undefined> {
  await mkdir(dirname(stateDir), { recursive: true });
  const directory = await mkdtemp(join(dirname(stateDir), '.vhive-lab-check-'));
  try {
    for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(join(directory, name));
    const script = `mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged`;
    return await obstacleIn(
      ['unshare', '--mount', '--', 'sh', '-c', `cd "$1" && ${script}`, 'check', directory],
      `containers in its hosts need overlayfs, which does not work on the file system of ${stateDir}. ` +
        'Set VHIVE_LAB_DIR to a directory on ext4 or xfs',
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function hasCgroups(): Promise<Obstacle | undefined> {
  const hierarchies = await currentHierarchies();
  if (hierarchies.length === 0) return 'no cgroup hierarchy is mounted at /sys/fs/cgroup.';
  const probe = `vhive-lab-check-${process.pid}`;
  for (const { own } of hierarchies) {
    try {
      await mkdir(join(own, probe));
    } catch (error) {
      return `it cannot make control groups below its own: ${messageOf(error)}.`;
    } finally {
      await rmdir(join(own, probe)).catch(ignoring('it is gone already'));
    }
  }
  return undefined;
}

async function obstacleIn(argv: readonly [string, ...string[]], what: string): Promise<Obstacle | undefined> {
  return runTool(argv, { doing: 'trying it', timeout: 10_000 }).then(
    () => undefined,
    (error) => `${what} (${messageOf(error)}).`,
  );
}

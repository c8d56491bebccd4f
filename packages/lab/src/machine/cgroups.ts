import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { currentMounts, type Mount } from './mounts.ts';

/** A cgroup hierarchy and the caller's own group in it. */
export interface Hierarchy {
  /** The path at which the hierarchy is mounted. */
  mountPoint: string;
  /** The version 1 controllers; none for version 2 and for a hierarchy that only names processes. */
  controllers: string[];
  version: 1 | 2;
  /** The directory of the caller's own group. */
  own: string;
}

/**
 * Finds every mounted hierarchy and the caller's group in it, from the text of /proc/self/cgroup and the mounts. A
 * mount may show only part of a hierarchy (its root), as in a container; the group is then looked for below that part.
 */
export function hierarchiesOf(cgroupFile: string, mounts: readonly Mount[]): Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const line of cgroupFile.split('\n').filter(Boolean)) {
    const [, id, list, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || list === undefined) continue;
    const names = list.split(',').filter(Boolean);
    const version = id === '0' && names.length === 0 ? 2 : 1;
    const mount = mounts.find((one) =>
      version === 2
        ? one.type === 'cgroup2'
        : one.type === 'cgroup' && names.every((name) => one.superOptions.includes(name)),
    );
    if (mount === undefined || found.some((one) => one.mountPoint === mount.target)) continue;
    const below = relative(mount.root, path);
    // A path above the root is the way in which a cgroup namespace shows a group outside of it.
    const own = below.startsWith('..') || path.startsWith('/..') ? mount.target : join(mount.target, below);
    const controllers = names.filter((name) => !name.startsWith('name='));
    found.push({ mountPoint: mount.target, controllers, version, own });
  }
  return found;
}

/** Returns the hierarchies of this machine, with the groups that this process is in. */
export async function currentHierarchies(): Promise<Hierarchy[]> {
  return hierarchiesOf(await readFile('/proc/self/cgroup', 'utf8'), await currentMounts());
}

/**
 * Makes a host's directory in every hierarchy and returns their paths. They are below the caller's own groups, so that
 * the lab stays within the caller's limits. Directories that exist are kept. The lab gets the processor time of as many
 * processes as `weight` says, if it does not have more; its hosts share that alike.
 */
export async function makeHostCgroups(lab: string, host: string, weight: number): Promise<string[]> {
  const made: string[] = [];
  for (const hierarchy of await currentHierarchies()) {
    let parent = hierarchy.own;
    for (const name of [lab, host]) {
      const directory = join(parent, name);
      await mkdir(directory, { recursive: true });
      if (hierarchy.controllers.includes('cpuset')) await copyCpuset(parent, directory);
      if (hierarchy.version === 2) await delegateControllers(parent);
      if (name === lab) await raiseWeight(directory, hierarchy.version, weight);
      parent = directory;
    }
    made.push(parent);
  }
  return made;
}

/**
 * Copies processors and memory from the parent group to a new group of the cpuset controller. A new group has neither,
 * and takes no process until it has both.
 */
async function copyCpuset(parent: string, directory: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if ((await readFile(join(directory, file), 'utf8')).trim() !== '') continue;
    await writeFile(join(directory, file), await readFile(join(parent, file), 'utf8'));
  }
  await writeFile(join(directory, 'cgroup.clone_children'), '1');
}

/** The file with a group's share of processor time beside other groups and processes, and what one process has there. */
const weightFiles = {
  1: { file: 'cpu.shares', ofOneProcess: 1024 },
  2: { file: 'cpu.weight', ofOneProcess: 100 },
} as const;

/** Gives a group the share of this many processes, unless it has more. A group without the cpu controller is passed over. */
export async function raiseWeight(directory: string, version: 1 | 2, processes: number): Promise<void> {
  const { file, ofOneProcess } = weightFiles[version];
  const path = join(directory, file);
  const present = await readFile(path, 'utf8').catch(ignoring('this hierarchy does not share out processor time'));
  const wanted = processes * ofOneProcess;
  if (present !== undefined && Number(present) < wanted) await writeFile(path, String(wanted));
}

/** Passes the controllers of a version 2 group on to its children, as far as the kernel lets it. */
async function delegateControllers(parent: string): Promise<void> {
  const controllers = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).split(/\s+/).filter(Boolean);
  for (const controller of controllers) {
    // The kernel refuses this (EBUSY) for a group that holds processes itself and is not the root.
    await writeFile(join(parent, 'cgroup.subtree_control'), `+${controller}`).catch(
      ignoring('the host then lacks the controller'),
    );
  }
}

/**
 * Finds every group of a lab in any hierarchy, including those that were made from another group than the present one:
 * directories with the lab's name, and scopes of systemd whose name starts with it.
 */
export async function findCgroups(lab: string): Promise<string[]> {
  const found: string[] = [];
  for (const { mountPoint } of await currentHierarchies()) {
    for (const directory of await descendants(mountPoint)) {
      const name = basename(directory);
      if (name === lab || (name.startsWith(`${lab}-`) && name.endsWith('.scope'))) found.push(directory);
    }
  }
  return found;
}

/** Returns the processes in a group and in all groups below it. */
export async function processesIn(directory: string): Promise<number[]> {
  const groups = [directory, ...(await descendants(directory))];
  const lists = await Promise.all(groups.map((group) => readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '')));
  return lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number));
}

/** Removes a group and all groups below it. Returns false when something in it cannot be removed. */
export async function removeCgroup(directory: string): Promise<boolean> {
  for (const group of [...(await descendants(directory)).reverse(), directory])
    await rmdir(group).catch(ignoring('whether all is gone is looked at afterwards'));
  return access(directory).then(
    () => false,
    () => true,
  );
}

/** Returns all groups below a directory, parents before their children. */
async function descendants(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isDirectory())) {
    const child = join(directory, entry.name);
    found.push(child, ...(await descendants(child)));
  }
  return found;
}

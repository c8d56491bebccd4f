import { readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { messageOf, VhiveError } from '@vhive/shared';
import type { LabLog } from '../types.ts';
import { currentHierarchies } from './cgroups.ts';

/**
 * The number of inotify instances that root of a container host holds at most once it is a node with the whole stack.
 * Counted in labs: 30 on a control plane and 16 on a worker, most of them of systemd, the kubelet and the API server.
 * With cgroup version 2 containerd takes one more for each container, to be told when it has no memory left.
 */
const perHost = { 1: 32, 2: 64 } as const;

/** What the limit is raised to: as much as the product asks for on a host of its own. */
const raised = 8192;

const setting = 'fs.inotify.max_user_instances';

/** What {@link ensureInotifyInstances} is for. */
export interface InotifyNeed {
  /** How many container hosts there are to be. Machines under qemu have a kernel of their own. */
  readonly hosts: number;
  /** The name of the lab's cgroups. What its hosts hold already is part of what they need. */
  readonly cgroup: string;
  readonly log: LabLog;
}

/**
 * Makes sure that the hosts of a lab find enough inotify instances. The kernel counts them by user, so that root of all
 * hosts and of the machine share one limit, which is 128 by default. Where it is used up, containerd starts without its
 * CRI plugin and says only "unknown service runtime.v1.ImageService". A limit that is too small is raised until the
 * machine's next boot; like a loaded kernel module it stays when the lab goes, because others may count on it.
 *
 * @param proc where the kernel shows processes and settings
 * @throws VhiveError `preflight` when the limit is too small and cannot be raised
 */
export async function ensureInotifyInstances({ hosts, cgroup, log }: InotifyNeed, proc = '/proc'): Promise<void> {
  const file = join(proc, 'sys', ...setting.split('.'));
  const limit = Number(await readFile(file, 'utf8').catch(ignoring('a kernel without inotify has no limit of it')));
  const versions = (await currentHierarchies()).map(({ version }) => version);
  const needed = hosts * perHost[versions.includes(1) ? 1 : 2];
  if (hosts === 0 || !Number.isInteger(limit)) return;
  const used = await instancesInUse(cgroup, proc);
  if (used + needed <= limit) return;
  const wanted = Math.max(raised, used + needed);
  const why = `${hosts} host(s) need about ${needed} inotify instances, and ${used} of ${limit} are in use`;
  try {
    await writeFile(file, `${wanted}\n`);
  } catch (error) {
    throw new VhiveError({
      code: 'preflight',
      message: `A lab cannot run here: ${why}. ${setting} cannot be raised: ${messageOf(error)}.`,
      hint: `End another lab (vhive-coord lab down), or on the machine that runs this container: sysctl -w ${setting}=${wanted}`,
      cause: error,
    });
  }
  log(`raised ${setting} of this machine from ${limit} to ${wanted}, until its next boot: ${why}`);
}

/** Counts the inotify instances of this user, without those of processes in a lab's cgroups. */
async function instancesInUse(cgroup: string, proc: string): Promise<number> {
  const processes = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const counts = await Promise.all(processes.map((pid) => instancesOf(join(proc, pid), cgroup)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function instancesOf(directory: string, cgroup: string): Promise<number> {
  const gone = ignoring('a process that has ended meanwhile holds nothing');
  const owner = await stat(directory).catch(gone);
  if (owner?.uid !== process.geteuid?.()) return 0;
  const descriptors = (await readdir(join(directory, 'fd')).catch(gone)) ?? [];
  const links = await Promise.all(descriptors.map((fd) => readlink(join(directory, 'fd', fd)).catch(gone)));
  const count = links.filter((link) => link === 'anon_inode:inotify').length;
  if (count === 0) return 0;
  const groups = (await readFile(join(directory, 'cgroup'), 'utf8').catch(gone)) ?? '';
  // A group of systemd is a scope whose name starts with the lab's.
  return groups.split(/[/\n]/).some((name) => name === cgroup || name.startsWith(`${cgroup}-`)) ? 0 : count;
}

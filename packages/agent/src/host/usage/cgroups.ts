import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldOf, podOfCgroup } from './parse.ts';

/** What a group of processes has used and uses. */
export interface GroupUsage {
  cpuSeconds: number;
  /** The working set; undefined where the group does not count it, as the whole of a machine with version 2. */
  memoryBytes: number | undefined;
}

/** The groups of processes of a host: of all, and of each pod. */
export interface Cgroups {
  /** The host as a whole; undefined where its kernel does not count that. */
  whole(): GroupUsage | undefined;
  /** The pods that there are now, by their UIDs. One that goes meanwhile is left out. */
  pods(): Map<string, GroupUsage>;
}

/** How a version of cgroups tells what a group uses. */
interface Hierarchy {
  /** The folder in which groups of kubelets are looked for. */
  root: string;
  cpuSeconds(group: string): number | undefined;
  memoryBytes(group: string): number | undefined;
}

/** Opens the cgroups of a host at `/sys/fs/cgroup`, of version 2 where it is mounted there, else of version 1. */
export function openCgroups(mount: string): Cgroups {
  const hierarchy = read(join(mount, 'cgroup.controllers')) === undefined ? versionOne(mount) : versionTwo(mount);
  return {
    whole: () => usageOf(hierarchy, ''),
    pods() {
      const found = new Map<string, GroupUsage>();
      for (const { uid, group } of podGroups(hierarchy.root)) {
        const usage = usageOf(hierarchy, group);
        if (usage !== undefined) found.set(uid, usage);
      }
      return found;
    },
  };
}

/** Version 1: a hierarchy for each controller. */
function versionOne(mount: string): Hierarchy {
  const cpu = join(mount, 'cpuacct');
  const memory = join(mount, 'memory');
  return {
    root: cpu,
    cpuSeconds: (group) => scaled(read(join(cpu, group, 'cpuacct.usage')), 1e-9),
    memoryBytes: (group) =>
      workingSet(
        read(join(memory, group, 'memory.usage_in_bytes')),
        read(join(memory, group, 'memory.stat')),
        'total_inactive_file',
      ),
  };
}

/** Version 2: one hierarchy. */
function versionTwo(mount: string): Hierarchy {
  return {
    root: mount,
    cpuSeconds(group) {
      const micros = fieldOf(read(join(mount, group, 'cpu.stat')) ?? '', 'usage_usec');
      return micros === undefined ? undefined : micros / 1e6;
    },
    memoryBytes: (group) =>
      workingSet(read(join(mount, group, 'memory.current')), read(join(mount, group, 'memory.stat')), 'inactive_file'),
  };
}

function usageOf({ cpuSeconds, memoryBytes }: Hierarchy, group: string): GroupUsage | undefined {
  const seconds = cpuSeconds(group);
  return seconds === undefined ? undefined : { cpuSeconds: seconds, memoryBytes: memoryBytes(group) };
}

/** The folders in which kubelets keep the groups of pods, by class, for the driver systemd and the driver cgroupfs. */
const POD_FOLDERS = [
  'kubepods.slice',
  'kubepods.slice/kubepods-burstable.slice',
  'kubepods.slice/kubepods-besteffort.slice',
  'kubepods',
  'kubepods/burstable',
  'kubepods/besteffort',
];

function podGroups(root: string): { uid: string; group: string }[] {
  return POD_FOLDERS.flatMap((folder) =>
    names(join(root, folder)).flatMap((name) => {
      const uid = podOfCgroup(name);
      return uid === undefined ? [] : [{ uid, group: join(folder, name) }];
    }),
  );
}

/** As Kubernetes counts it: what is in use, without pages of files that have not been used of late. */
function workingSet(used: string | undefined, stat: string | undefined, inactive: string): number | undefined {
  const bytes = scaled(used, 1);
  return bytes === undefined ? undefined : Math.max(0, bytes - (fieldOf(stat ?? '', inactive) ?? 0));
}

function scaled(text: string | undefined, factor: number): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value * factor : undefined;
}

// These are no files on a disk: the kernel answers at once, and a promise for each would cost several times as much.

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function names(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

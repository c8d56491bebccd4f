/** Ticks per second in /proc/stat, which the kernel has as a constant for programs: USER_HZ. */
const USER_HZ = 100;
/** The bytes in a sector as /proc/diskstats counts them, whatever the sector size of the disk itself. */
const SECTOR = 512;

/** Splits a line at blanks. */
const words = (line: string) => line.trim().split(/\s+/);

/** Returns the number behind a name in a file of lines `name value`, such as cpu.stat and memory.stat. */
export function fieldOf(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:?\\s+(\\d+)`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Returns the seconds that all cores were busy since the start, from /proc/stat; waiting for a disk is no work. */
export function busySeconds(stat: string): number | undefined {
  const line = /^cpu\s.*$/m.exec(stat)?.[0];
  if (line === undefined) return undefined;
  // user, nice, system, idle, iowait, irq, softirq, steal; guest time is part of user time.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = words(line).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / USER_HZ;
}

/** Returns the seconds of processor time that a process has used, from its /proc/<pid>/stat; those of threads included. */
export function processSeconds(stat: string): number | undefined {
  // The name of the program, in parentheses, may have blanks and parentheses itself. State is the first field after it.
  const fields = words(stat.slice(stat.lastIndexOf(')') + 1)).map(Number);
  const [user, system] = [fields[11], fields[12]];
  return user === undefined || system === undefined ? undefined : (user + system) / USER_HZ;
}

/** Returns the memory of /proc/meminfo in bytes: all of it, and the working set as Kubernetes counts it. */
export function memoryOf(meminfo: string): { totalBytes: number; workingSetBytes: number } | undefined {
  const kilobytes = (name: string) => fieldOf(meminfo, name.replaceAll(/[()]/g, '\\$&'));
  const [total, free] = [kilobytes('MemTotal'), kilobytes('MemFree')];
  if (total === undefined || free === undefined) return undefined;
  const workingSet = Math.max(0, total - free - (kilobytes('Inactive(file)') ?? 0));
  return { totalBytes: total * 1024, workingSetBytes: workingSet * 1024 };
}

/** Returns the bytes that an interface has received and sent since it came up, from /proc/net/dev. */
export function trafficOf(text: string, name: string): { receivedBytes: number; sentBytes: number } | undefined {
  const line = text.split('\n').find((one) => one.trimStart().startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const counters = words(line.slice(line.indexOf(':') + 1)).map(Number);
  const [received, sent] = [counters[0], counters[8]];
  return received === undefined || sent === undefined ? undefined : { receivedBytes: received, sentBytes: sent };
}

/** Returns the bytes that some disks have read and written since the start, from /proc/diskstats. */
export function diskBytes(
  text: string,
  isDisk: (name: string) => boolean,
): { readBytes: number; writtenBytes: number } | undefined {
  const disks = text.split('\n').flatMap((line) => {
    const fields = words(line);
    return fields.length >= 10 && isDisk(fields[2] ?? '') ? [fields] : [];
  });
  if (disks.length === 0) return undefined;
  const sum = (field: number) => disks.reduce((total, fields) => total + Number(fields[field]) * SECTOR, 0);
  return { readBytes: sum(5), writtenBytes: sum(9) };
}

/**
 * Returns the UID of the pod whose cgroup has this name, as kubelets with either cgroup driver name them:
 * `kubepods-burstable-pod0a1b_2c.slice` and `pod0a1b-2c`.
 */
export function podOfCgroup(name: string): string | undefined {
  const found = /^(?:kubepods(?:-burstable|-besteffort)?-)?pod([0-9a-f][0-9a-f_-]*)(?:\.slice)?$/.exec(name)?.[1];
  return found?.replaceAll('_', '-');
}

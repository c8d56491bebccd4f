import { readFileSync } from 'node:fs';

/** The clock ticks per second of /proc/<pid>/stat. There are 100 on every Linux of the supported architectures. */
const TICKS_PER_SECOND = 100;

/**
 * Returns the CPU time, user and system, that a process has used so far, in milliseconds (proc(5), stat fields 14 and
 * 15). It grows in steps of 10 ms.
 */
export function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** The present memory of a process, in MiB. */
export interface Memory {
  /** The resident pages: all that are in memory, including those that are shared with other processes. */
  rss: number;
  /** The proportional share: a page that is shared with n processes counts 1/n. */
  pss: number;
  /** The anonymous pages, which belong to this process alone. Its end would certainly free them. */
  anonymous: number;
}

/** Reads the memory of a process from /proc/<pid>/smaps_rollup. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { rss: of('Rss'), pss: of('Pss'), anonymous: of('Anonymous') };
}

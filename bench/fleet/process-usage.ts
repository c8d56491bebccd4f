import { readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux of our architectures. */
const TICKS_PER_SECOND = 100;

/** CPU time a process has used so far, user and system, milliseconds (proc(5), stat fields 14 and 15; steps of 10 ms). */
export function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Memory of a process now, MiB. */
export interface Memory {
  /** Resident: all pages in memory, those shared with other processes too. */
  rss: number;
  /** Pages shared with n processes count 1/n. */
  pss: number;
  /** Pages of this process alone and anonymous ones: what its end would free for sure. */
  anonymous: number;
}

/** From /proc/<pid>/smaps_rollup. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { rss: of('Rss'), pss: of('Pss'), anonymous: of('Anonymous') };
}

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isDiskName } from '../facts/disks.ts';
import { openCgroups } from './cgroups.ts';
import { busySeconds, diskBytes, memoryOf, trafficOf } from './parse.ts';

/** What a host has used since its start, and uses now. */
export interface UsageCounters {
  /** The seconds that its cores were busy, all of them together. */
  cpuSeconds: number;
  cpus: number;
  memoryBytes: number;
  memoryTotalBytes: number;
  network: { interface: string; receivedBytes: number; sentBytes: number } | undefined;
  disk: { readBytes: number; writtenBytes: number } | undefined;
  pods: ReadonlyMap<string, { cpuSeconds: number; memoryBytes: number | undefined }>;
}

/** Reads what a host uses. Throws where its kernel does not tell it. */
export type ReadUsage = () => UsageCounters;

/**
 * Opens what the kernel tells of the use of a host: /proc, and its cgroups.
 * @param address the address of the node, whose interface is told of
 * @param root the directory that stands for `/`
 */
export function openUsage(address: string, root = '/'): ReadUsage {
  const text = (path: string) => readFileSync(join(root, path), 'utf8');
  const cgroups = openCgroups(join(root, 'sys/fs/cgroup'));
  const disks = new Set(listed(join(root, 'sys/block')).filter(isDiskName));
  const name = interfaceOf(address);
  return () => {
    const whole = cgroups.whole();
    const memory = memoryOf(text('proc/meminfo'));
    // A host that is a container is told of the whole machine by /proc, so its cgroup comes first.
    const cpuSeconds = whole?.cpuSeconds ?? busySeconds(text('proc/stat'));
    if (memory === undefined || cpuSeconds === undefined) throw new Error('/proc does not tell what is in use');
    const traffic = name === undefined ? undefined : trafficOf(text('proc/net/dev'), name);
    return {
      cpuSeconds,
      cpus: availableParallelism(),
      memoryBytes: whole?.memoryBytes ?? memory.workingSetBytes,
      memoryTotalBytes: memory.totalBytes,
      network: name === undefined || traffic === undefined ? undefined : { interface: name, ...traffic },
      disk: diskBytes(text('proc/diskstats'), (one) => disks.has(one)),
      pods: cgroups.pods(),
    };
  };
}

/** The interface that has an address; else undefined. */
function interfaceOf(address: string): string | undefined {
  return Object.entries(networkInterfaces()).find(([, all]) => all?.some((one) => one.address === address))?.[0];
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

import type { Facts } from '@vhive/shared';
import type { ReadUsage } from '../host/usage/counters.ts';

/** What a machine that only exists as a directory would use if it stood idle: a part of its cores and of its memory. */
const IDLE = { cores: 0.1, memoryShare: 0.1, bytesPerSecond: 1_000 };

/** Imitates what the kernel tells of the use of a host: an idle one, whose counters grow evenly. */
export function simulatedUsage({ cpus, memoryBytes, interfaces }: Facts): ReadUsage {
  return () => {
    const seconds = performance.now() / 1_000;
    const bytes = Math.round(seconds * IDLE.bytesPerSecond);
    const [first] = interfaces;
    return {
      ...{ cpuSeconds: seconds * IDLE.cores, cpus, memoryTotalBytes: memoryBytes },
      memoryBytes: Math.round(memoryBytes * IDLE.memoryShare),
      network: first && { interface: first.name, receivedBytes: bytes, sentBytes: bytes },
      disk: { readBytes: bytes, writtenBytes: bytes },
      pods: new Map(),
    };
  };
}

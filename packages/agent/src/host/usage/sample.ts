import { MOST_PODS_TOLD, type UsageSample } from '@vhive/shared';
import type { UsageCounters } from './counters.ts';

/** A look at a host, and at what the agent itself has used. */
export interface UsageLook {
  /** A monotonic time in milliseconds. */
  atMs: number;
  counters: UsageCounters;
  /** The seconds of processor time that the agent and its programs have used. */
  agentSeconds: number;
}

/** Makes the sample of the time between two looks. A counter that began anew meanwhile counts as no use. */
export function sampleOf(before: UsageLook, now: UsageLook, at: Date): UsageSample {
  const seconds = (now.atMs - before.atMs) / 1_000;
  const mean = (from: number, to: number) => rounded(Math.max(0, to - from) / seconds);
  const { cpus, cpuSeconds, memoryBytes, memoryTotalBytes, network, disk, pods } = now.counters;
  const traffic = before.counters.network;
  return {
    ...{ type: 'usage', at: at.toISOString(), seconds: rounded(seconds), cpus, memoryTotalBytes, memoryBytes },
    cpuCores: mean(before.counters.cpuSeconds, cpuSeconds),
    agentCores: mean(before.agentSeconds, now.agentSeconds),
    ...(network === undefined
      ? {}
      : {
          network: {
            ...network,
            receivedPerSecond: mean(traffic?.receivedBytes ?? network.receivedBytes, network.receivedBytes),
            sentPerSecond: mean(traffic?.sentBytes ?? network.sentBytes, network.sentBytes),
          },
        }),
    ...(disk === undefined ? {} : { disk }),
    pods: [...pods].slice(0, MOST_PODS_TOLD).map(([uid, pod]) => ({
      uid,
      // What a new pod has used, it has used since the look before.
      cpuCores: mean(before.counters.pods.get(uid)?.cpuSeconds ?? 0, pod.cpuSeconds),
      memoryBytes: pod.memoryBytes ?? 0,
    })),
  };
}

/** Rounds to what such figures are worth. */
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

import type { UsageSample } from '@vhive/shared';
import * as z from 'zod';

const cpu = z.looseObject({ time: z.string(), usageNanoCores: z.number().optional() });
const memory = z.looseObject({ workingSetBytes: z.number().optional() });
const network = z.looseObject({ rxBytes: z.number().optional(), txBytes: z.number().optional() });
const usage = { cpu: cpu.optional(), memory: memory.optional(), network: network.optional() };

/** What is read of a kubelet's summary: https://pkg.go.dev/k8s.io/kubelet/pkg/apis/stats/v1alpha1 */
const summary = z.looseObject({
  node: z.looseObject(usage),
  pods: z
    .array(z.looseObject({ podRef: z.looseObject({ name: z.string(), namespace: z.string() }), ...usage }))
    .default([]),
});

/** A line of usage.csv. What is not known is absent. */
interface UsageRow {
  time: string;
  node: string;
  /** `namespace/name`; absent for the node as a whole. */
  pod?: string | undefined;
  cpuCores?: number | undefined;
  memoryBytes?: number | undefined;
  /** Bytes of the network are counted since it came up. */
  networkReceivedBytes?: number | undefined;
  networkSentBytes?: number | undefined;
  /** Who told it: the agent, once per second, or the kubelet. */
  source: 'agent' | 'kubelet';
  /** Bytes of disks are counted since the machine started. */
  diskReadBytes?: number | undefined;
  diskWrittenBytes?: number | undefined;
  /** What of the processor time the agent and its programs took, a load that it sends included. */
  agentCores?: number | undefined;
}

const columns = [
  ...(['time', 'node', 'pod', 'cpuCores', 'memoryBytes', 'networkReceivedBytes', 'networkSentBytes'] as const),
  ...(['source', 'diskReadBytes', 'diskWrittenBytes', 'agentCores'] as const),
] satisfies (keyof UsageRow)[];

/** The first line of usage.csv, with its end. */
export const usageHeader = `${columns.join(',')}\n`;

type Usage = { [key in keyof typeof usage]?: z.infer<(typeof usage)[key]> };

/** Writes what a kubelet tells as lines of usage.csv: the node, whose pod is empty, then its pods. */
export function kubeletRows(node: string, answer: unknown): string {
  const { node: whole, pods } = summary.parse(answer);
  const all: [string | undefined, Usage][] = [
    [undefined, whole],
    ...pods.map((pod): [string, Usage] => [`${pod.podRef.namespace}/${pod.podRef.name}`, pod]),
  ];
  return all
    .flatMap(([pod, { cpu: used, memory: taken, network: moved }]) => {
      if (used === undefined) return [];
      const cores = used.usageNanoCores === undefined ? undefined : used.usageNanoCores / 1e9;
      return lineOf({
        ...{ time: used.time, node, pod, cpuCores: cores, memoryBytes: taken?.workingSetBytes, source: 'kubelet' },
        ...{ networkReceivedBytes: moved?.rxBytes, networkSentBytes: moved?.txBytes },
      });
    })
    .join('');
}

/**
 * Writes what an agent tells as lines of usage.csv: the node, then its pods.
 * @param podName returns `namespace/name` of a pod by its UID; pods that it does not know are called by the UID
 */
export function agentRows(
  node: string,
  { at: time, cpuCores, memoryBytes, network: moved, disk, agentCores, pods }: UsageSample,
  podName: (uid: string) => string | undefined,
): string {
  const source = 'agent' as const;
  const whole = lineOf({
    ...{ time, node, cpuCores, memoryBytes, source, agentCores },
    ...{ networkReceivedBytes: moved?.receivedBytes, networkSentBytes: moved?.sentBytes },
    ...{ diskReadBytes: disk?.readBytes, diskWrittenBytes: disk?.writtenBytes },
  });
  const ofPods = pods.map(({ uid, ...used }) => lineOf({ time, node, pod: podName(uid) ?? uid, ...used, source }));
  return [whole, ...ofPods].join('');
}

function lineOf(row: UsageRow): string {
  const cells = { ...row, cpuCores: row.cpuCores?.toFixed(4), agentCores: row.agentCores?.toFixed(4) };
  return `${columns.map((column) => cells[column] ?? '').join(',')}\n`;
}

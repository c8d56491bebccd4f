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

/** The first line of usage.csv, with its end. The bytes of the network are counted since it came up. */
export const usageHeader = 'time,node,pod,cpuCores,memoryBytes,networkReceivedBytes,networkSentBytes\n';

type Usage = { [key in keyof typeof usage]?: z.infer<(typeof usage)[key]> };

/** Writes what a kubelet tells as lines of usage.csv: the node, whose pod is empty, then its pods. */
export function usageRows(node: string, answer: unknown): string {
  const { node: whole, pods } = summary.parse(answer);
  const all: [string, Usage][] = [
    ['', whole],
    ...pods.map((pod): [string, Usage] => [`${pod.podRef.namespace}/${pod.podRef.name}`, pod]),
  ];
  return all.map(([pod, used]) => rowOf(node, pod, used)).join('');
}

function rowOf(node: string, pod: string, { cpu: used, memory: taken, network: moved }: Usage): string {
  if (used === undefined) return '';
  const cores = used.usageNanoCores === undefined ? '' : (used.usageNanoCores / 1e9).toFixed(4);
  const cells = [used.time, node, pod, cores, taken?.workingSetBytes, moved?.rxBytes, moved?.txBytes];
  return `${cells.map((cell) => cell ?? '').join(',')}\n`;
}

import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import * as z from 'zod';

const node = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).prefault({}) }),
  status: z.looseObject({ capacity: z.unknown(), nodeInfo: z.unknown() }),
});

/** The label by which the parts of Knative, MetalLB and others name their version. */
const VERSION_LABEL = 'app.kubernetes.io/version';

/** What a cluster is at the time of a measurement: its nodes, and the versions of what it runs. */
export async function clusterFacts(api: Pick<KubernetesApi, 'list'>, signal: AbortSignal): Promise<object> {
  const [nodes, namespaces] = await Promise.all([
    api.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
    api.list({ apiVersion: 'v1', kind: 'Namespace' }, { signal, metadataOnly: true }),
  ]);
  return {
    nodes: nodes.map((object) => {
      const { metadata, status } = node.parse(object);
      return { name: metadata.name, labels: metadata.labels, capacity: status.capacity, ...Object(status.nodeInfo) };
    }),
    versions: Object.fromEntries(
      namespaces.flatMap(({ metadata }) => {
        const version = (metadata.labels as Record<string, string> | undefined)?.[VERSION_LABEL];
        return version === undefined ? [] : [[metadata.name, version]];
      }),
    ),
  };
}

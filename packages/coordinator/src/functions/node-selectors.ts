import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { type Labels, NODE_SELECTOR_FEATURE, requireNode } from '@vhive/core/functions/node-labels';
import { VhiveError } from '@vhive/shared';
import * as z from 'zod';

const features = z.looseObject({ data: z.record(z.string(), z.string()).prefault({}) });

/** Returns the labels of each node of a cluster. */
export async function nodeLabelsOf(
  api: Pick<KubernetesApi, 'list'>,
  signal: AbortSignal,
): Promise<Map<string, Labels>> {
  const nodes = await api.list({ apiVersion: 'v1', kind: 'Node' }, { signal, metadataOnly: true });
  return new Map(nodes.map(({ metadata }) => [metadata.name, (metadata.labels ?? {}) as Labels]));
}

/**
 * Throws `usage` where functions of this cluster may not choose nodes by labels, or where no node has those that they
 * choose. Without selectors nothing is asked.
 */
export async function checkNodeSelectors(
  api: Pick<KubernetesApi, 'get' | 'list'>,
  selectors: readonly { field: string; labels: Labels }[],
  signal: AbortSignal,
): Promise<void> {
  const [first] = selectors;
  if (first === undefined) return;
  const nodes = await nodeLabelsOf(api, signal);
  for (const { field, labels } of selectors) requireNode(field, labels, nodes);
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'knative-serving', name: 'config-features' };
  const found = features.safeParse(await api.get(reference, { signal }));
  const value = found.data?.data[NODE_SELECTOR_FEATURE]?.toLowerCase();
  if (value === 'enabled' || value === 'allowed') return;
  throw new VhiveError({
    code: 'usage',
    message: `${first.field}: Knative of this cluster does not let functions choose nodes (${NODE_SELECTOR_FEATURE} of its ConfigMap config-features is ${value ?? 'not set'})`,
    hint: `set knative.config: { features: { ${NODE_SELECTOR_FEATURE}: enabled } } in the cluster file, and bring it about: vhive-coord up`,
  });
}

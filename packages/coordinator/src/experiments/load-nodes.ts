import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import { hasLabels, requireNode } from '@vhive/core/functions/node-labels';
import { nodeLabelsOf } from '../functions/node-selectors.ts';

/**
 * Returns the nodes that send the load of an experiment; undefined: it is sent from where this runs. Throws `usage` where
 * no node has the labels that are asked for.
 */
export async function loadNodes(
  api: Pick<KubernetesApi, 'list'>,
  { placement }: Pick<Experiment, 'placement'>,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const wanted = placement.load;
  if (wanted === undefined || Array.isArray(wanted)) return wanted;
  const nodes = await nodeLabelsOf(api, signal);
  requireNode('placement.load', wanted, nodes);
  return [...nodes].filter(([, labels]) => hasLabels(labels, wanted)).map(([name]) => name);
}

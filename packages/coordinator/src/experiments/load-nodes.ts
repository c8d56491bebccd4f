import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import { hasLabels, requireNode } from '@vhive/core/functions/node-labels';
import { VhiveError } from '@vhive/shared';
import { nodeLabelsOf } from '../functions/node-selectors.ts';

/**
 * Returns the nodes that send the load of an experiment; undefined: it is sent from where this runs. Throws `usage` where
 * the cluster has no such nodes.
 */
export async function loadNodes(
  api: Pick<KubernetesApi, 'list'>,
  { placement }: Pick<Experiment, 'placement'>,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const wanted = placement.load;
  if (wanted === undefined) return undefined;
  const nodes = await nodeLabelsOf(api, signal);
  if (Array.isArray(wanted)) {
    const unknown = wanted.find((name) => !nodes.has(name));
    if (unknown === undefined) return wanted;
    throw new VhiveError({
      code: 'usage',
      message: `placement.load: there is no node ${unknown}. The nodes are ${[...nodes.keys()].join(', ')}`,
    });
  }
  requireNode('placement.load', wanted, nodes);
  return [...nodes].filter(([, labels]) => hasLabels(labels, wanted)).map(([name]) => name);
}

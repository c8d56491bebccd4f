import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import { functionSelectors } from '@vhive/core/experiments/placement';
import { hasLabels, requireNode } from '@vhive/core/functions/node-labels';
import { VhiveError } from '@vhive/shared';
import { checkNodeSelectors, nodeLabelsOf } from '../functions/node-selectors.ts';
import { loadNodes } from './load-nodes.ts';

/** The label that kubeadm gives to nodes with a control plane. */
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Throws `usage` where the nodes of a cluster are not such that an experiment's placement can be had on it. */
export async function checkPlacement(
  api: Pick<KubernetesApi, 'get' | 'list'>,
  experiment: Experiment,
  signal: AbortSignal,
): Promise<void> {
  await checkNodeSelectors(api, functionSelectors(experiment), signal);
  await loadNodes(api, experiment, signal);
  const { controlPlane } = experiment.placement;
  if (controlPlane === undefined) return;
  const field = 'placement.controlPlane';
  const nodes = await nodeLabelsOf(api, signal);
  const masters = new Map([...nodes].filter(([, labels]) => Object.hasOwn(labels, CONTROL_PLANE)));
  if (typeof controlPlane !== 'string') return requireControlPlane(controlPlane);
  if (masters.has(controlPlane)) return;
  throw new VhiveError({
    code: 'usage',
    message: `${field}: the control plane of this cluster is not on ${controlPlane}, but on ${[...masters.keys()].join(', ') || 'no node'}`,
    hint: 'where an experiment says what its cluster is like (clusterFile or cluster), `up` puts it there',
  });

  function requireControlPlane(wanted: Readonly<Record<string, string>>): void {
    requireNode(field, wanted, nodes);
    if ([...masters.values()].some((labels) => hasLabels(labels, wanted))) return;
    requireNode(`${field}: the control plane is elsewhere`, wanted, masters);
  }
}

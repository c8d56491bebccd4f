import { VhiveError } from '@vhive/shared';
import { hasLabels, type Labels, labelText, NODE_SELECTOR_FEATURE, nodesText } from '../functions/node-labels.ts';
import type { Experiment } from './experiment-file.ts';
import { mergeFields } from './merge-fields.ts';

/**
 * Returns an experiment in which its placement is where it takes effect: in the selectors of its functions, and in the
 * settings of its cluster where it has some.
 */
export function withPlacement(experiment: Experiment): Experiment {
  const { placement, clusterFile, cluster } = experiment;
  const functions = experiment.functions.map((entry) => ({
    ...entry,
    nodeSelector: { ...placement.functions, ...entry.nodeSelector },
  }));
  if (clusterFile === undefined && cluster === undefined) return { ...experiment, functions };
  const chooses = functions.some(({ nodeSelector }) => Object.keys(nodeSelector).length > 0);
  const feature = { knative: { config: { features: { [NODE_SELECTOR_FEATURE]: 'enabled' } } } };
  const { controlPlane } = placement;
  return {
    ...{ ...experiment, functions },
    // What the experiment says of its cluster wins.
    cluster: mergeFields(
      { ...(chooses ? feature : {}), ...(typeof controlPlane === 'string' ? { controlPlane } : {}) },
      cluster ?? {},
    ),
  };
}

/** Whether an experiment says on which nodes something is to run. */
export function wantsNodes(experiment: Experiment): boolean {
  return Object.keys(experiment.placement).length > 0 || functionSelectors(experiment).length > 0;
}

/** The distinct labels that nodes for functions are to have, and the field that says so. */
export function functionSelectors({ functions, placement }: Experiment): { field: string; labels: Labels }[] {
  const all = functions.flatMap(({ nodeSelector }, index) => {
    const isCommon = JSON.stringify(nodeSelector) === JSON.stringify(placement.functions ?? {});
    const field = isCommon ? 'placement.functions' : `functions.${index}.nodeSelector`;
    return Object.keys(nodeSelector).length === 0 ? [] : [{ field, labels: nodeSelector }];
  });
  return [...new Map(all.map((one) => [JSON.stringify(one.labels), one])).values()];
}

/**
 * Returns the node that a cluster file makes the one of these labels, by its `kubernetes.nodeLabels`. Throws `usage` where
 * that is none, or more than one.
 */
export function controlPlaneByLabels(wanted: Labels, nodeLabels: Readonly<Record<string, Labels>>): string {
  const { '*': all = {}, ...named } = nodeLabels;
  const nodes = new Map(Object.entries(named).map(([name, labels]) => [name, { ...all, ...labels }]));
  const found = [...nodes].filter(([, labels]) => hasLabels(labels, wanted)).map(([name]) => name);
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only;
  const what = only === undefined ? 'no node' : `more than one node (${found.join(', ')})`;
  throw new VhiveError({
    code: 'usage',
    message: `placement.controlPlane: kubernetes.nodeLabels of the cluster file gives ${what} ${labelText(wanted)}. It names ${nodesText(nodes)}`,
    hint: 'name the node itself: placement: { controlPlane: node1 }',
  });
}

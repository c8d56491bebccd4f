import type { ClusterConfig } from '@vhive/shared';
import type { CheckedNode } from './checked-node.ts';
import type { Problem } from './problem.ts';

/** Reports fields that name nodes which the cluster does not have. */
export function nodeNameProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  if (nodes.length === 0) return [];
  const known = new Set(nodes.map(({ name }) => name));
  const { buildNode } = config.firecracker;
  const named = [
    ...(buildNode === undefined ? [] : [{ field: 'firecracker.buildNode', name: buildNode }]),
    ...Object.keys(config.kubernetes.nodeLabels)
      .filter((name) => name !== '*')
      .map((name) => ({ field: `kubernetes.nodeLabels.${name}`, name })),
  ];
  return named
    .filter(({ name }) => !known.has(name))
    .map(({ field, name }) => ({
      code: 'usage',
      field,
      message: `there is no node ${name}`,
      fix: `the nodes are ${[...known].join(', ')}`,
    }));
}

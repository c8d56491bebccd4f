import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { Operations } from './operations.ts';

/** The operations on nodes. */
export function nodeOperations(registry: NodeRegistry): Pick<Operations, 'nodes' | 'approveNode' | 'removeNode'> {
  return {
    nodes: () => registry.views(),
    approveNode: ({ name }) => registry.approve(name),
    removeNode: ({ name }) => registry.remove(name),
  };
}

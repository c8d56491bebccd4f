import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { Operations } from './operations.ts';

/** The operations on nodes. */
export function nodeOperations(nodes: NodeRegistry): Pick<Operations, 'nodes' | 'approveNode' | 'removeNode'> {
  return {
    nodes: () => nodes.views(),
    approveNode: ({ name }) => nodes.approve(name),
    removeNode: ({ name }) => nodes.remove(name),
  };
}

import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import type { Operations } from './operations.ts';

/** The operations on nodes. */
export function nodeOperations(
  nodes: NodeRegistry,
): Pick<Operations, 'nodes' | 'applicants' | 'approveNode' | 'removeNode'> {
  return {
    nodes: () => nodes.views(),
    applicants: () => nodes.applicants(),
    approveNode: ({ name, key }) => nodes.approve(name, key),
    removeNode: ({ name }) => nodes.remove(name),
  };
}

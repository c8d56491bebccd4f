import type { NodeView } from '@vhive/shared';

/** What the checks of a configuration look at of a node. */
export type CheckedNode = Pick<NodeView, 'name' | 'address' | 'facts'>;

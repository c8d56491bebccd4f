import type { NodeView } from '@vhive/shared';

/** The fields of a node that the checks of a configuration look at. */
export type CheckedNode = Pick<NodeView, 'name' | 'address' | 'facts'>;

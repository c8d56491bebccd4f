import type { NodeView } from '@vhive/shared';
import type { JobContext } from './job.ts';

/** Returns the node of a job that one node does: the named one, else the master. */
export function onlyNode({ nodes, controlPlane }: JobContext): NodeView {
  return nodes[0] ?? controlPlane;
}

/** Returns the platform of images: the one that is asked for, else that of the node. */
export function platformOf({ platform }: { platform?: string | undefined }, { facts }: NodeView): string {
  return platform ?? `linux/${facts.arch}`;
}

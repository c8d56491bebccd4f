import type { ClusterConfig, Plan } from '@vhive/shared';
import { buildPlan } from './build-plan.ts';
import { placeholderNodes } from './placeholder-nodes.ts';

/** Makes a plan for placeholder nodes of one architecture, which has everything that a mirror tree must have for them. */
export function mirrorPlan(config: ClusterConfig, arch: string): Plan {
  const nodes = placeholderNodes(config.nodes ?? 2, arch);
  const [controlPlane] = nodes;
  if (!controlPlane) throw new Error('a plan is of one node at least');
  return buildPlan({ config, nodes, controlPlane, mirror: true });
}

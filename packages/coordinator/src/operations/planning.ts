import { chooseNetwork } from '@vhive/core/addresses/cluster-network';
import { checkConfig } from '@vhive/core/cluster-file/index';
import { buildPlan } from '@vhive/core/plan/index';
import { type ClusterConfig, defined, type NodeView, type Plan, type RunRequest, VhiveError } from '@vhive/shared';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';

/** What a plan depends on, besides the request for it. */
export interface PlanningParts {
  nodes: NodeRegistry;
  /** Takes the network that a request names as the one for all cluster traffic. */
  chooseLan(config: ClusterConfig): void;
  /** Returns the CIDR of the network that the operator chose for all cluster traffic, if any. */
  lan(config: ClusterConfig): string | undefined;
  /**
   * Sets the mirror tree from which artifacts come instead of the internet from now on. undefined means the one with
   * which the coordinator was started, if any.
   */
  useMirror(mirror: string | undefined): void;
  /** Returns whether artifacts come from a mirror tree. */
  mirrored(): boolean;
  /** Returns the images that the mirror tree says it has for all of these architectures, as full references. */
  mirrorImages(arches: readonly string[]): Promise<string[]>;
}

/** Makes the plan that a request asks for, and finds the nodes that it names. Throws codes `usage` and `preflight`. */
export async function planFor(request: RunRequest, parts: PlanningParts): Promise<{ plan: Plan; nodes: NodeView[] }> {
  parts.chooseLan(request.config);
  parts.useMirror(request.mirror);
  const { nodes, findings } = chooseNetwork(
    request.nodes.map((name) => nodeNamed(name, parts.nodes)),
    parts.lan(request.config),
  );
  const controlPlane = controlPlaneAmong(nodes, request.config);
  const { config, until, skip, limit } = request;
  checkConfig(config, nodes, controlPlane.name);
  const mirrorImages = await parts.mirrorImages(nodes.map(({ facts }) => facts.arch));
  const plan = buildPlan(
    { config, nodes, controlPlane, mirror: parts.mirrored(), mirrorImages, findings },
    { ...defined({ until }), skip, limit },
  );
  return { plan, nodes };
}

function nodeNamed(name: string, nodes: NodeRegistry): NodeView {
  const node = nodes.view(name);
  if (node) return node;
  throw new VhiveError({
    code: 'usage',
    message: `there is no node ${name}`,
    hint: 'see the nodes: vhive-coord nodes ls',
  });
}

/** Chooses the master: the named node, otherwise the coordinator's own host, otherwise the only node. */
function controlPlaneAmong(nodes: readonly NodeView[], config: ClusterConfig): NodeView {
  const chosen = config.controlPlane
    ? nodes.find((node) => node.name === config.controlPlane)
    : (nodes.find((node) => node.local) ?? (nodes.length === 1 ? nodes[0] : undefined));
  if (chosen) return chosen;
  throw new VhiveError({
    code: 'usage',
    message: config.controlPlane
      ? `the control plane ${config.controlPlane} is not among the nodes ${nodes.map((node) => node.name).join(', ')}`
      : "no node is the coordinator's own host, so which is the master is not known",
    hint: 'start an agent on this host too, or name the master: controlPlane: <node> in the cluster file',
  });
}

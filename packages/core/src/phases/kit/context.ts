import type { ClusterConfig, NodeView } from '@vhive/shared';
import type { Features } from '../../features.ts';
import type { Versions } from '../../versions/resolve.ts';

/** What phases know of a node. */
export type PlanNode = Pick<NodeView, 'name' | 'address' | 'facts' | 'sealingKey'>;

/** What phases are made of: the configuration and the nodes that have come. */
export interface PhaseContext {
  config: ClusterConfig;
  features: Features;
  versions: Versions;
  /** All nodes, the control plane first, workers sorted by name. */
  nodes: readonly PlanNode[];
  controlPlane: PlanNode;
  workers: readonly PlanNode[];
  /** The nodes that steps are for: all, or the control plane and those the operator limits the run to. */
  touched: readonly PlanNode[];
  /** Addresses that MetalLB may give away: `a-b`, or a range. */
  loadBalancerPool: string;
  /** Whether artifacts come from a mirror, which may hold container images too. */
  mirror: boolean;
  /** References of the images that the mirror has, for every node to be given. */
  mirrorImages: readonly string[];
}

/** Whether the cluster is one node, which then runs workloads too. */
export function isSingle(context: PhaseContext): boolean {
  return context.workers.length === 0;
}

/** Whether no other node takes part, so that there is no network to check. */
export function isAlone(context: PhaseContext): boolean {
  return context.touched.length === 1;
}

/** containerd's socket on every node. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** Ports other nodes must reach on a node: the API server's and the kubelet's. */
export function clusterPorts(context: PhaseContext, node: PlanNode): number[] {
  return node.name === context.controlPlane.name ? [6443, 10250] : [10250];
}

/** The node that compiles vHive for all. */
export function buildNode({ config, nodes, controlPlane }: PhaseContext): PlanNode {
  return nodes.find(({ name }) => name === config.firecracker.buildNode) ?? controlPlane;
}

/** The nodes that run functions: the workers, or the only node there is. */
export function functionNodes({ workers, controlPlane }: PhaseContext): readonly PlanNode[] {
  return workers.length === 0 ? [controlPlane] : workers;
}

/** vHive's CRI socket: the kubelets of nodes that run microVMs talk to it. */
export const VHIVE_SOCKET = '/etc/vhive-cri/vhive-cri.sock';

/** Whether functions run in microVMs on a node: the master of several nodes runs none. */
export function runsMicroVms(context: PhaseContext, node: PlanNode): boolean {
  return context.features.microVms && functionNodes(context).includes(node);
}

/** The CRI socket of a node's kubelet: where no microVMs run, stock containerd's. */
export function criSocket(context: PhaseContext, node: PlanNode): string {
  return runsMicroVms(context, node) ? VHIVE_SOCKET : CONTAINERD_SOCKET;
}

/** The unit that serves it. */
export function criRuntime(context: PhaseContext, node: PlanNode): string {
  return runsMicroVms(context, node) ? 'vhive.service' : 'containerd.service';
}

import type { ClusterConfig, Finding, NodeView } from '@vhive/shared';
import type { Features } from '../../features.ts';
import type { Versions } from '../../versions/resolve.ts';

/** The fields of a node that phases know. */
export type PlanNode = Pick<NodeView, 'name' | 'address' | 'facts' | 'sealingKey'>;

/** What phases make their steps from: the configuration and the nodes of the cluster. */
export interface PhaseContext {
  config: ClusterConfig;
  features: Features;
  versions: Versions;
  /** All nodes, with the control plane first and the workers sorted by name. */
  nodes: readonly PlanNode[];
  controlPlane: PlanNode;
  workers: readonly PlanNode[];
  /** The nodes that the steps are for: all, or the control plane and the nodes to which the operator limits the run. */
  touched: readonly PlanNode[];
  /** The addresses that MetalLB may give away, as `<first>-<last>` or as a range. */
  loadBalancerPool: string;
  /** Whether artifacts come from a mirror tree, which may hold container images too. */
  mirror: boolean;
  /** The references of the images that the mirror tree has. */
  mirrorImages: readonly string[];
  /** Those of them that can be passed on under their publishers' digests, as the tree has the publishers' manifests. */
  publishedImages: readonly string[];
  /** Where nodes ask for the images of the mirror tree; undefined where nobody answers, as without a mirror tree. */
  imageServer: ImageServer | undefined;
  /** What was found out about these nodes before the plan. */
  findings: readonly Finding[];
}

/** The coordinator, as containerd asks it for images. */
export interface ImageServer {
  /** The addresses to ask, `https://<host>:<port>`, in order. */
  urls: readonly string[];
  /** The certificate of its CA, PEM. */
  ca: string;
  /** The command that answers while no coordinator runs, and the node on which it goes on; undefined where none has to. */
  service?: { node: string; command: readonly string[] };
}

/** Whether the cluster is a single node, which then runs workloads too. */
export function isSingle(context: PhaseContext): boolean {
  return context.workers.length === 0;
}

/** Whether no other node takes part, so that there is no network to check. */
export function isAlone(context: PhaseContext): boolean {
  return context.touched.length === 1;
}

/** The address of the image registry in the cluster, by a name that every node and every pod knows. */
export const IMAGE_REGISTRY = 'docker-registry.registry.svc.cluster.local:5000';

/** The socket of containerd on every node. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/**
 * Returns the TCP ports that other nodes must reach on a node: the kubelet's, on the control plane the API server's, that
 * of Calico's BGP, and that by which the speakers of MetalLB know of each other.
 */
export function clusterPorts({ controlPlane, features }: PhaseContext, node: PlanNode): number[] {
  return [
    ...(node.name === controlPlane.name ? [6443] : []),
    10250,
    ...(features.calico ? [179] : []),
    ...(features.loadBalancer ? [7946] : []),
  ];
}

/** Returns the node that compiles vHive for all nodes. */
export function buildNode({ config, nodes, controlPlane }: PhaseContext): PlanNode {
  return nodes.find(({ name }) => name === config.firecracker.buildNode) ?? controlPlane;
}

/** Returns the nodes that run functions: the workers, or the only node that there is. */
export function functionNodes({ workers, controlPlane }: PhaseContext): readonly PlanNode[] {
  return workers.length === 0 ? [controlPlane] : workers;
}

/** The CRI socket of vHive, to which the kubelets of nodes that run microVMs talk. */
export const VHIVE_SOCKET = '/etc/vhive-cri/vhive-cri.sock';

/** Whether functions run in microVMs on a node. In a cluster of several nodes the control plane runs none. */
export function runsMicroVms(context: PhaseContext, node: PlanNode): boolean {
  return context.features.microVms && functionNodes(context).includes(node);
}

/** Returns the CRI socket of a node's kubelet. Where no microVMs run, it is that of stock containerd. */
export function criSocket(context: PhaseContext, node: PlanNode): string {
  return runsMicroVms(context, node) ? VHIVE_SOCKET : CONTAINERD_SOCKET;
}

/** Returns the systemd unit that serves the CRI socket of a node's kubelet. */
export function criRuntime(context: PhaseContext, node: PlanNode): string {
  return runsMicroVms(context, node) ? 'vhive.service' : 'containerd.service';
}

import type { ClusterConfig } from '@vhive/shared';

/** The kubelet's own. */
const DEFAULT_MAX_PODS = 110;
/** kube-controller-manager's own. */
export const DEFAULT_NODE_PREFIX = 24;
/** Addresses of a node's range that pods cannot have: network, broadcast, gateway, and those not yet given back. */
const SPARE = 14;

/**
 * Prefix length of the range of pod addresses that each node gets: as configured, else 24 or as short as the pods per
 * node need (240 pods fit in /24, 1,000 in /22).
 */
export function nodePrefix({ network, kubernetes }: Pick<ClusterConfig, 'network' | 'kubernetes'>): number {
  if (network.nodePrefix !== undefined) return network.nodePrefix;
  const { maxPods: field } = kubernetes.kubeletConfiguration;
  const maxPods = kubernetes.maxPods ?? (typeof field === 'number' ? field : DEFAULT_MAX_PODS);
  return Math.min(DEFAULT_NODE_PREFIX, 32 - Math.ceil(Math.log2(maxPods + SPARE)));
}

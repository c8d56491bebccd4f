import type { ClusterConfig } from '@vhive/shared';

/** The kubelet's own limit of pods. */
const DEFAULT_MAX_PODS = 110;
/** kube-controller-manager's own length of a node's range. */
export const DEFAULT_NODE_PREFIX = 24;
/** Addresses of a node's range that pods cannot have: network, broadcast, gateway, and those not yet given back. */
const SPARE = 14;

type PodConfig = Pick<ClusterConfig, 'network' | 'kubernetes'>;

/** How many pods a node may have, as far as the cluster file says: by its own field, else by the kubelet's. */
export function maxPodsOf({ kubernetes }: Pick<PodConfig, 'kubernetes'>): number | undefined {
  const { maxPods } = kubernetes.kubeletConfiguration;
  return kubernetes.maxPods ?? (typeof maxPods === 'number' ? maxPods : undefined);
}

/** How many pods have an address in a node's range of that prefix length. */
export function podsIn(prefix: number): number {
  return Math.max(0, 2 ** (32 - prefix) - SPARE);
}

/** The longest range, not longer than the default, in which so many pods have addresses. */
export function prefixFor(maxPods: number): number {
  return Math.min(DEFAULT_NODE_PREFIX, 32 - Math.ceil(Math.log2(maxPods + SPARE)));
}

/**
 * Prefix length of the range of pod addresses that each node gets: as configured, else 24 or as short as the pods per
 * node need (240 pods fit in /24, 1,000 in /22).
 */
export function nodePrefix(config: PodConfig): number {
  return config.network.nodePrefix ?? prefixFor(maxPodsOf(config) ?? DEFAULT_MAX_PODS);
}

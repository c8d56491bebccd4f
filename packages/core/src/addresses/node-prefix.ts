import type { ClusterConfig } from '@vhive/shared';

/** The number of pods to which the kubelet limits itself by default. */
const DEFAULT_MAX_PODS = 110;
/** The prefix length that kube-controller-manager gives a node's range by default. */
export const DEFAULT_NODE_PREFIX = 24;
/**
 * The number of addresses in a node's range that pods cannot have: those of the network, broadcast and gateway, and
 * some that have not been given back yet.
 */
const SPARE = 14;

type PodConfig = Pick<ClusterConfig, 'network' | 'kubernetes'>;

/** Returns how many pods a node may have, if the cluster file says so by its own field or by the kubelet's. */
export function maxPodsOf({ kubernetes }: Pick<PodConfig, 'kubernetes'>): number | undefined {
  const { maxPods } = kubernetes.kubeletConfiguration;
  return kubernetes.maxPods ?? (typeof maxPods === 'number' ? maxPods : undefined);
}

/** Returns how many pods can have an address in a node's range of that prefix length. */
export function podsIn(prefix: number): number {
  return Math.max(0, 2 ** (32 - prefix) - SPARE);
}

/** Returns the longest prefix, but not a longer one than the default, with which so many pods have addresses. */
export function prefixFor(maxPods: number): number {
  return Math.min(DEFAULT_NODE_PREFIX, 32 - Math.ceil(Math.log2(maxPods + SPARE)));
}

/**
 * Returns the prefix length of the range of pod addresses that each node gets. It is the configured one, else 24 or as
 * short as the pods per node need (240 pods fit in /24, 1,000 in /22).
 */
export function nodePrefix(config: PodConfig): number {
  return config.network.nodePrefix ?? prefixFor(maxPodsOf(config) ?? DEFAULT_MAX_PODS);
}

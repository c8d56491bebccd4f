/** Prefix length of a node's range of pod addresses where nothing else is said. */
const DEFAULT_PREFIX = 24;

/** The kubelet's own limit of pods per node. */
export const DEFAULT_MAX_PODS = 110;

/** Addresses of a range that no pod gets: network, broadcast, gateway. */
const RESERVED = 3;

/** How many pods have an address in a node's range of that prefix length. */
export function podsIn(prefix: number): number {
  return Math.max(0, 2 ** (32 - prefix) - RESERVED);
}

/** Prefix length of a node's part of the pod addresses: as asked, else 24, or as short as so many pods need. */
export function nodePrefix(asked: number | undefined, maxPods: number | undefined): number {
  if (asked !== undefined) return asked;
  let prefix = DEFAULT_PREFIX;
  while (podsIn(prefix) < (maxPods ?? DEFAULT_MAX_PODS)) prefix--;
  return prefix;
}

import type { ClusterConfig } from '@vhive/shared';
import { microVmRanges } from './microvm-ranges.ts';
import { type AddressedNode, lanOf } from './node-networks.ts';
import { networkOf } from './ranges.ts';

/**
 * Returns what nodes must never ask a proxy for: themselves, the cluster's own names and ranges, and the networks of the
 * nodes. Networks and not addresses are named, so that a further node changes nothing on the others.
 */
export function noProxy(config: ClusterConfig, controlPlane: AddressedNode, nodes: readonly AddressedNode[]): string[] {
  const lans = nodes.map((node) => {
    const lan = lanOf(node);
    return lan === undefined ? node.address : networkOf(lan);
  });
  return [
    ...new Set([
      ...config.proxy.noProxy,
      ...['localhost', '127.0.0.0/8', '::1', '.svc', '.cluster.local'],
      ...[config.network.podCidr, config.network.serviceCidr],
      ...microVmRanges(config).map(({ text }) => text),
      // Programs that do not understand ranges ask at least the API server and the caches directly.
      controlPlane.address,
      ...lans,
    ]),
  ];
}

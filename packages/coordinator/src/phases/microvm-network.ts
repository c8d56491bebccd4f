import { type ClusterConfig, LEGACY_VHIVE_REF } from '@vhive/shared';

/** The bridges that the legacy branch of vHive puts its taps on, br0 and br1 (its taps/types.go). */
const legacyRanges = ['190.128.0.0/10', '191.128.0.0/10'];

/** Ranges of the addresses by which microVMs are known on their node; each node has the same ones. */
export function microVmRanges({ firecracker }: Pick<ClusterConfig, 'firecracker'>): string[] {
  if (firecracker.vhiveRef === LEGACY_VHIVE_REF) return legacyRanges;
  return [`${firecracker.vethPrefix}.0.0/16`, `${firecracker.clonePrefix}.0.0/16`];
}

/**
 * A table of our own, so that it comes and goes without kube-proxy's and Calico's. These addresses mean nothing outside
 * their node, so whatever leaves it is masqueraded, pods of other nodes (the cluster's DNS) included. After all others:
 * srcnat is 100, and the first that changes a connection's source is the last.
 */
export function microVmRules(config: Pick<ClusterConfig, 'firecracker'>): string {
  const ranges = `{ ${microVmRanges(config).join(', ')} }`;
  return [
    'chain forward {',
    '  type filter hook forward priority filter; policy accept;',
    '  ct state established,related accept',
    `  ip saddr ${ranges} accept`,
    '}',
    'chain postrouting {',
    '  type nat hook postrouting priority srcnat + 10; policy accept;',
    `  ip saddr ${ranges} ip daddr != ${ranges} masquerade`,
    '}',
    '',
  ].join('\n');
}

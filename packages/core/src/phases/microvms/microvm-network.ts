import type { ClusterConfig } from '@vhive/shared';
import { microVmRanges } from '../../addresses/microvm-ranges.ts';

/**
 * A table of our own, so that it comes and goes without kube-proxy's and Calico's. These addresses mean nothing outside
 * their node, so whatever leaves it is masqueraded, pods of other nodes (the cluster's DNS) included. After all others:
 * srcnat is 100, and the first that changes a connection's source is the last.
 */
export function microVmRules(config: ClusterConfig): string {
  const texts = microVmRanges(config).map(({ text }) => text);
  const ranges = `{ ${texts.join(', ')} }`;
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

import type { ClusterConfig } from '@vhive/shared';
import { microVmRanges } from '../../addresses/microvm-ranges.ts';

/**
 * Writes the rules of a table of our own, so that it comes and goes without those of kube-proxy and Calico. The
 * addresses of microVMs mean nothing outside their node, so whatever leaves it is masqueraded, also what goes to pods
 * of other nodes such as the cluster's DNS. This must come after all other rules: srcnat has the priority 100, and the
 * first rule that changes the source of a connection is the last one that does.
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

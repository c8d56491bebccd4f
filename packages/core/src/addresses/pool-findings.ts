import type { Finding } from '@vhive/shared';
import { parsePool, poolWithin } from './load-balancer-pool.ts';
import { type AddressedNode, networksOf } from './node-networks.ts';

/** Warns of a pool that lies in no network of the nodes, because nobody outside the cluster will find its addresses. */
export function poolFindings(text: string, nodes: readonly AddressedNode[]): Finding[] {
  const pool = parsePool(text);
  if (pool === undefined || nodes.some((node) => networksOf(node).some((range) => poolWithin(pool, range)))) return [];
  return [
    {
      check: 'load balancer pool',
      level: 'warning',
      message: `${text} lies in no network of the nodes: functions can be called from the nodes only`,
      hint: 'to call them from elsewhere: loadBalancer: {pool: <first>-<last>} with free addresses of the LAN',
    },
  ];
}

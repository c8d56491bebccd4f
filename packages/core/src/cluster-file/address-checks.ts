import { parseRange } from '../addresses/ranges.ts';
import type { CheckedNode } from './checked-node.ts';
import type { Problem } from './problem.ts';

/** Reports nodes that can only be reached over IPv6, which vHive's networks do not speak. */
export function addressProblems(nodes: readonly CheckedNode[]): Problem[] {
  return nodes
    .filter(({ address }) => parseRange(`${address}/32`) === undefined)
    .map(({ name, address }) => ({
      code: 'preflight',
      field: 'lan',
      message: `${name} has no IPv4 address for the traffic of the cluster, only ${address}`,
      fix: `give ${name} an IPv4 address on a network of the other nodes: IPv6 clusters are not supported`,
    }));
}

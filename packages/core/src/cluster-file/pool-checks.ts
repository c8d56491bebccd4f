import type { ClusterConfig } from '@vhive/shared';
import {
  inPool,
  loadBalancerPool,
  type Pool,
  parsePool,
  poolOverlaps,
  reservedInPool,
} from '../addresses/load-balancer-pool.ts';
import { microVmRanges } from '../addresses/microvm-ranges.ts';
import { parseRange } from '../addresses/ranges.ts';
import { features } from '../features.ts';
import type { CheckedNode } from './checked-node.ts';
import type { Problem } from './problem.ts';

const FIELD = 'loadBalancer.pool';

/** Reports what is wrong with the addresses that the load balancer may give away. */
export function poolProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  if (!features(config).loadBalancer) return [];
  // While no node is known, only a pool that was asked for can be judged.
  if (nodes.length === 0 && config.loadBalancer.pool === undefined) return [];
  const pool = chosenPool(config, nodes);
  if (pool === undefined)
    return [
      {
        code: 'usage',
        field: FIELD,
        message: `${config.loadBalancer.pool} is not a range of addresses`,
        fix: 'write the first and the last address: 192.168.1.240-192.168.1.250',
      },
    ];
  const ranges = [
    { field: 'network.podCidr', text: config.network.podCidr },
    { field: 'network.serviceCidr', text: config.network.serviceCidr },
    ...microVmRanges(config),
  ];
  const problem = (message: string): Problem => ({
    code: 'usage',
    field: FIELD,
    message,
    fix: 'choose addresses of the LAN that nobody has: loadBalancer: {pool: <first>-<last>}',
  });
  const reserved = reservedInPool(pool);
  return [
    ...(reserved === undefined ? [] : [problem(`${pool.text} has ${reserved}`)]),
    ...ranges
      .filter(({ text }) => overlapsWith(pool, text))
      .map(({ field, text }) => ({ ...problem(`${pool.text} overlaps with ${field} ${text}`), otherField: field })),
    ...nodes
      .filter(({ address }) => inPool(pool, address))
      .map(({ name, address }) => problem(`${pool.text} holds ${address}, which is the node ${name}`)),
  ];
}

function chosenPool(config: ClusterConfig, nodes: readonly CheckedNode[]): Pool | undefined {
  const master = controlPlaneOf(config, nodes);
  const avoid = [config.network.podCidr, config.network.serviceCidr];
  const { pool } = config.loadBalancer;
  return parsePool(master === undefined ? (pool ?? '') : loadBalancerPool(pool, master, nodes, avoid));
}

const controlPlaneOf = ({ controlPlane }: ClusterConfig, nodes: readonly CheckedNode[]) =>
  nodes.find(({ name }) => name === controlPlane) ?? nodes[0];

function overlapsWith(pool: Pool, text: string): boolean {
  const range = parseRange(text);
  return range !== undefined && poolOverlaps(pool, range);
}

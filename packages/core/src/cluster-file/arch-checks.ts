import type { ClusterConfig } from '@vhive/shared';
import { features } from '../features.ts';
import type { CheckedNode } from './checked-node.ts';
import type { Problem } from './problem.ts';

/** Reports the nodes on whose architecture the sandbox does not run. */
export function archProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const supported = features(config).architectures;
  return nodes
    .filter(({ facts }) => !supported.includes(facts.arch))
    .map(({ name, facts }) => ({
      code: 'preflight',
      field: 'sandbox',
      message: `${config.sandbox} runs on ${supported.join(' and ')}, and ${name} is ${facts.arch}`,
      fix: facts.arch === 'arm64' ? 'use stock-only, or leave that node out' : 'leave that node out',
    }));
}

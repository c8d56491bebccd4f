import type { ClusterConfig } from '@vhive/shared';
import type { Problem } from './problem.ts';
import type { CheckedNode } from './semantic-checks.ts';

/** Architectures each sandbox runs on, in Debian's words. */
export const archMatrix: Readonly<Record<ClusterConfig['sandbox'], readonly string[]>> = {
  firecracker: ['amd64'],
  gvisor: ['amd64'],
  'stock-only': ['amd64', 'arm64'],
};

/** Nodes whose architecture the sandbox does not run on. */
export function archProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const supported = archMatrix[config.sandbox];
  return nodes
    .filter(({ facts }) => !supported.includes(facts.arch))
    .map(({ name, facts }) => ({
      code: 'preflight',
      field: 'sandbox',
      message: `${config.sandbox} runs on ${supported.join(' and ')}, and ${name} is ${facts.arch}`,
      fix: facts.arch === 'arm64' ? 'use stock-only, or leave that node out' : 'leave that node out',
    }));
}

import type { ClusterConfig } from '@vhive/shared';
import { addressProblems } from './address-checks.ts';
import { archProblems } from './arch-checks.ts';
import { capabilityProblems } from './capabilities.ts';
import type { CheckedNode } from './checked-node.ts';
import { hostProblems } from './host-checks.ts';
import { istioProblems } from './istio-checks.ts';
import { knativeProblems } from './knative-checks.ts';
import { manifestProblems, preflightProblems } from './name-checks.ts';
import { nodeNameProblems } from './node-name-checks.ts';
import { poolProblems } from './pool-checks.ts';
import { type Problem, problemsError } from './problem.ts';
import { rangeProblems } from './range-checks.ts';
import { registryProblems } from './registry-checks.ts';
import { versionProblems } from './version-checks.ts';

/**
 * Reports everything that is wrong with a configuration for these nodes. While no nodes are known, only the
 * configuration itself is checked.
 */
export function configProblems(
  config: ClusterConfig,
  nodes: readonly CheckedNode[] = [],
  controlPlane?: string,
): Problem[] {
  return [
    ...capabilityProblems(config),
    ...manifestProblems(config),
    ...istioProblems(config),
    ...knativeProblems(config),
    ...preflightProblems(config),
    ...rangeProblems(config, nodes),
    ...addressProblems(nodes),
    ...poolProblems(config, nodes),
    ...registryProblems(config),
    ...nodeNameProblems(config, nodes),
    ...versionProblems(config, nodes),
    ...archProblems(config, nodes),
    ...hostProblems(config, nodes, controlPlane),
  ];
}

/** Throws one VhiveError that names every problem that {@link configProblems} reports. */
export function checkConfig(config: ClusterConfig, nodes: readonly CheckedNode[], controlPlane?: string): void {
  const problems = configProblems(config, nodes, controlPlane);
  if (problems.length > 0) throw problemsError(problems);
}

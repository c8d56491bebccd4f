import type { ClusterFile } from '@vhive/shared';
import { features } from '../../features.ts';
import { exampleInput } from '../../plan/example-input.fixture.ts';
import { resolveVersions } from '../../versions/resolve.ts';
import type { PhaseContext } from './context.ts';

/**
 * Makes what phases make their steps from, for tests: the nodes n1 (the control plane) to n<count> and some fields of a
 * cluster file.
 */
export function examplePhaseContext(count: number, fields: ClusterFile = {}, mirror = false): PhaseContext {
  const { config, nodes, controlPlane } = exampleInput(count, fields);
  return {
    config,
    features: features(config),
    versions: resolveVersions(config),
    nodes,
    controlPlane,
    workers: nodes.slice(1),
    touched: nodes,
    loadBalancerPool: '192.168.1.240-192.168.1.250',
    mirror,
    mirrorImages: [],
    publishedImages: [],
    imageServer: undefined,
    findings: [],
  };
}

import type { ClusterConfig } from '@vhive/shared';
import { knownManifests, unknownManifests } from '../phases/manifests.ts';
import { nearestKey } from './nearest-key.ts';
import type { Problem } from './problem.ts';

/** Changes to manifests that there are not. */
export function manifestProblems(config: ClusterConfig): Problem[] {
  return unknownManifests(config).map((name) => {
    const nearest = nearestKey(name, knownManifests());
    return {
      code: 'usage',
      field: `manifestPatches.${name}`,
      message: `there is no manifest ${name}`,
      fix: nearest === undefined ? `the manifests are ${knownManifests().join(', ')}` : `did you mean ${nearest}?`,
    };
  });
}

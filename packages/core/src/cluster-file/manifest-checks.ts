import { type ClusterConfig, nearestKey } from '@vhive/shared';
import { phases } from '../phases/index.ts';
import { knownManifests } from '../phases/kit/phase-facts.ts';

import type { Problem } from './problem.ts';

/** Reports changes to manifests that do not exist. */
export function manifestProblems(config: ClusterConfig): Problem[] {
  const manifests: readonly string[] = knownManifests(phases);
  return Object.keys(config.manifestPatches)
    .filter((name) => !manifests.includes(name))
    .map((name) => {
      const nearest = nearestKey(name, manifests);
      const fix = nearest === undefined ? `there are ${manifests.join(', ')}` : `did you mean ${nearest}?`;
      return { code: 'usage', field: `manifestPatches.${name}`, message: `there is no manifest ${name}`, fix };
    });
}

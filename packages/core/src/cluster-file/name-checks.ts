import { type ClusterConfig, hostChecks, nearestKey } from '@vhive/shared';
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

/** A check is also known by the first of its words, "port" for each check of a port. */
const checks = [...new Set<string>([...hostChecks, ...hostChecks.map((name) => name.split(' ')[0] ?? name), 'port'])];

/** Reports names in `preflight.ignore` that no check has, so that nobody believes a check to be passed over. */
export function preflightProblems({ preflight }: ClusterConfig): Problem[] {
  return preflight.ignore.flatMap((name, place): Problem[] => {
    if (checks.includes(name) || /^port [0-9]+$/.test(name)) return [];
    const nearest = nearestKey(name, checks);
    return [
      {
        code: 'usage',
        field: `preflight.ignore.${place}`,
        message: `no check of a host is named ${JSON.stringify(name)}`,
        fix:
          nearest === undefined ? `there are ${hostChecks.join(', ')} and port <number>` : `did you mean ${nearest}?`,
      },
    ];
  });
}

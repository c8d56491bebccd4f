import { type ClusterConfig, nearestKey } from '@vhive/shared';
import { phases } from '../phases/index.ts';
import { knownManifests } from '../phases/kit/phase-facts.ts';

import type { Problem } from './problem.ts';

/** The names of the ConfigMaps `config-<name>` of Knative Serving, of which not every version has all. */
const servingConfigs = [
  ...['autoscaler', 'certmanager', 'defaults', 'deployment', 'domain', 'features', 'gc', 'leader-election', 'logging'],
  ...['network', 'observability', 'tracing'],
];

/** Reports changes to manifests that do not exist, and entries of ConfigMaps that do not exist. */
export function manifestProblems(config: ClusterConfig): Problem[] {
  const manifests: readonly string[] = knownManifests(phases);
  const unknown = (field: string, what: string, name: string, known: readonly string[]): Problem => {
    const nearest = nearestKey(name, known);
    const fix = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
    return { code: 'usage', field: `${field}.${name}`, message: `there is no ${what}${name}`, fix };
  };
  return [
    ...Object.keys(config.manifestPatches)
      .filter((name) => !manifests.includes(name))
      .map((name) => unknown('manifestPatches', 'manifest ', name, manifests)),
    ...Object.keys(config.knative.config)
      .filter((name) => !servingConfigs.includes(name))
      .map((name) => unknown('knative.config', 'ConfigMap config-', name, servingConfigs)),
  ];
}

import type { ClusterConfig } from '@vhive/shared';
import { knownManifests, unknownManifests } from '../phases/kit/manifests.ts';
import { nearestKey } from './nearest-key.ts';
import type { Problem } from './problem.ts';

/** ConfigMaps `config-<name>` of Knative Serving; not every version has all of them. */
const servingConfigs = [
  ...['autoscaler', 'certmanager', 'defaults', 'deployment', 'domain', 'features', 'gc', 'leader-election', 'logging'],
  ...['network', 'observability', 'tracing'],
];

/** Changes to manifests, and entries of ConfigMaps, that there are not. */
export function manifestProblems(config: ClusterConfig): Problem[] {
  const unknown = (field: string, what: string, name: string, known: readonly string[]): Problem => {
    const nearest = nearestKey(name, known);
    const fix = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
    return { code: 'usage', field: `${field}.${name}`, message: `there is no ${what}${name}`, fix };
  };
  return [
    ...unknownManifests(config).map((name) => unknown('manifestPatches', 'manifest ', name, knownManifests())),
    ...Object.keys(config.knative.config)
      .filter((name) => !servingConfigs.includes(name))
      .map((name) => unknown('knative.config', 'ConfigMap config-', name, servingConfigs)),
  ];
}

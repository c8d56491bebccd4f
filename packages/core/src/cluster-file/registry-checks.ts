import type { ClusterConfig } from '@vhive/shared';
import { IMAGE_REGISTRY } from '../phases/kit/context.ts';
import { registryCaches } from '../phases/runtime/registry-hosts.ts';
import type { Problem } from './problem.ts';

/**
 * The ports that Kubernetes takes on a control plane:
 * https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
const kubernetesPorts: ReadonlySet<number> = new Set([
  2379, 2380, 2381, 6443, 10248, 10249, 10250, 10256, 10257, 10259,
]);

/**
 * Reports registries about which nodes would be told two things, and registry caches on ports that belong to
 * Kubernetes.
 */
export function registryProblems(config: ClusterConfig): Problem[] {
  const { local, insecure, cache } = config.registry;
  const upstreams = cache.enabled ? cache.upstreams : [];
  const named = [
    ...(local ? [{ field: 'registry.local', registry: IMAGE_REGISTRY }] : []),
    ...insecure.map((registry) => ({ field: 'registry.insecure', registry })),
    ...upstreams.map((registry) => ({ field: 'registry.cache.upstreams', registry })),
  ];
  return [...twice(named), ...takenPorts(config)];
}

function twice(named: readonly { field: string; registry: string }[]): Problem[] {
  return named.flatMap(({ field, registry }, index) => {
    const earlier = named.slice(0, index).find((other) => other.registry === registry);
    if (earlier === undefined) return [];
    const message =
      earlier.field === field ? `${registry} is there twice` : `${registry} is also what ${earlier.field} stands for`;
    return [{ code: 'usage', field, otherField: earlier.field, message, fix: 'name each registry once' }];
  });
}

const LAST_PORT = 65_535;

function takenPorts(config: ClusterConfig): Problem[] {
  const last = registryCaches({ config }).at(-1);
  if (last !== undefined && last.port > LAST_PORT)
    return [
      {
        code: 'usage',
        field: 'registry.cache.firstPort',
        message: `the cache of ${last.upstream} would be at port ${last.port}, and there are only ${LAST_PORT}`,
        fix: `choose an earlier first port, such as 5100: there is one per upstream (${config.registry.cache.upstreams.length})`,
      },
    ];
  return registryCaches({ config })
    .filter(({ port }) => kubernetesPorts.has(port))
    .map(({ upstream, port }) => ({
      code: 'usage',
      field: 'registry.cache.firstPort',
      message: `the cache of ${upstream} would be at port ${port}, which is Kubernetes’ own`,
      fix: `choose another first port, such as 5100: there is one per upstream (${config.registry.cache.upstreams.length})`,
    }));
}

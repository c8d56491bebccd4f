import type { KubernetesObject } from '@vhive/shared';

/**
 * Returns the object without the rules of an aggregated ClusterRole. Kubernetes gathers these from other roles, and a
 * manifest that says `rules: []` would remove them with every run until they are gathered again.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
export function withoutAggregatedRules(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'ClusterRole' || object.aggregationRule === undefined) return object;
  const { rules: _gathered, ...rest } = object;
  return rest;
}

import type { KubernetesObject } from '@vhive/shared';

/**
 * The object without the rules of an aggregated ClusterRole: Kubernetes gathers them from other roles, and manifests that
 * say `rules: []` would take them all away with every run, until it gathers them again.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
export function withoutAggregatedRules(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'ClusterRole' || object.aggregationRule === undefined) return object;
  const { rules: _gathered, ...rest } = object;
  return rest;
}

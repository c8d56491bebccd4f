import type { KubernetesObject } from '@vhive/shared';

/** The ranks in which objects are applied. All objects of a rank are applied before any of the next. */
export const RANKS = ['namespaces', 'definitions', 'foundations', 'workloads', 'custom resources', 'hooks'] as const;
/** One of the {@link RANKS}. */
export type Rank = (typeof RANKS)[number];

const WORKLOADS = new Set([
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
]);

/**
 * The kinds by which the API server asks others about objects. Once they are applied, somebody has to answer for
 * everything that they cover.
 */
const HOOKS = new Set([
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'APIService',
]);

/**
 * The groups with a dot in their name that Kubernetes itself serves. Every other group with a dot holds custom
 * resources.
 */
const BUILT_IN = new Set(
  [
    'admissionregistration',
    'apiextensions',
    'apiregistration',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'discovery',
    'events',
    'flowcontrol.apiserver',
    'networking',
    'node',
    'rbac.authorization',
    'resource',
    'scheduling',
    'storage',
    'storagemigration',
  ].map((name) => `${name}.k8s.io`),
);

/**
 * Returns the rank of an object.
 *
 * Custom resources come after the workloads that serve their webhooks, because on a later run these are asked about
 * them. They come before the webhooks of the same manifest, because on a first run nobody can answer yet: Knative's own
 * Certificate would otherwise be refused until its webhook is up. So nothing that does not exist yet holds up what
 * brings it about.
 */
function rankOf({ apiVersion, kind }: KubernetesObject): Rank {
  if (kind === 'Namespace' && apiVersion === 'v1') return 'namespaces';
  if (kind === 'CustomResourceDefinition') return 'definitions';
  if (HOOKS.has(kind)) return 'hooks';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (group.includes('.') && !BUILT_IN.has(group)) return 'custom resources';
  return WORKLOADS.has(kind) ? 'workloads' : 'foundations';
}

/**
 * Returns the objects by rank in the order of applying. Within a rank they stay in the order in which they were
 * written. Ranks without objects are left out.
 */
export function inRanks(objects: readonly KubernetesObject[]): { rank: Rank; objects: KubernetesObject[] }[] {
  return RANKS.map((rank) => ({ rank, objects: objects.filter((object) => rankOf(object) === rank) })).filter(
    (each) => each.objects.length > 0,
  );
}

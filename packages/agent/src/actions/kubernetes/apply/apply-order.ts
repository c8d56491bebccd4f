import type { KubernetesObject } from '@vhive/shared';

/** Ranks in which objects are applied: all of one before any of the next. */
export const RANKS = ['namespaces', 'definitions', 'foundations', 'workloads', 'custom resources', 'hooks'] as const;
/** See {@link RANKS}. */
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

/** What the API server asks others about: once these stand, everything they cover needs somebody to answer. */
const HOOKS = new Set([
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'APIService',
]);

/** Groups with a dot that Kubernetes itself serves; every other one with a dot is somebody's custom resources. */
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
 * The rank of an object.
 *
 * Custom resources come after the workloads that serve their webhooks (on a later run these are asked about them), and
 * before the webhooks of the same manifest (on a first run nobody has to answer yet): Knative's own Certificate would
 * otherwise be refused until its webhook is up. Nothing that is not there yet holds up what brings it about.
 */
export function rankOf({ apiVersion, kind }: KubernetesObject): Rank {
  if (kind === 'Namespace' && apiVersion === 'v1') return 'namespaces';
  if (kind === 'CustomResourceDefinition') return 'definitions';
  if (HOOKS.has(kind)) return 'hooks';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (group.includes('.') && !BUILT_IN.has(group)) return 'custom resources';
  return WORKLOADS.has(kind) ? 'workloads' : 'foundations';
}

/** The objects by rank, in the order of applying; within a rank as they were written. Ranks without any are left out. */
export function inRanks(objects: readonly KubernetesObject[]): { rank: Rank; objects: KubernetesObject[] }[] {
  return RANKS.map((rank) => ({ rank, objects: objects.filter((object) => rankOf(object) === rank) })).filter(
    (each) => each.objects.length > 0,
  );
}

import type { ClusterFile } from '@vhive/shared';

/** What a lab can consist of, from the least to the most. Each has everything that the ones before it have. */
export const labStacks = ['kubernetes-only', 'serving', 'full'] as const;

/**
 * What a lab's cluster consists of: Kubernetes alone; with it the load balancer, Istio and Knative Serving; or also
 * Knative Eventing, gVisor, the stargz snapshotter and metrics-server.
 */
export type LabStack = (typeof labStacks)[number];

/** The fields of a cluster file that leave out of a cluster what a stack does not have. */
export const stackFields: Readonly<Record<LabStack, ClusterFile>> = {
  'kubernetes-only': { loadBalancer: { enabled: false }, knative: { enabled: false }, registry: { local: false } },
  serving: { knative: { eventing: false } },
  full: {},
};

/** Tells whether a tree made for the stack `has` holds everything that the stack `wanted` asks for. */
export function covers(has: LabStack, wanted: LabStack): boolean {
  return labStacks.indexOf(has) >= labStacks.indexOf(wanted);
}

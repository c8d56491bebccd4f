/** What a lab can consist of, from the least to the most. Each has everything that the ones before it have. */
export const labStacks = ['kubernetes-only', 'serving', 'full'] as const;

/**
 * What a lab's cluster consists of: Kubernetes alone; with it the load balancer, Istio and Knative Serving; or also
 * Knative Eventing, gVisor, the stargz snapshotter and metrics-server.
 */
export type LabStack = (typeof labStacks)[number];

/** Tells whether a tree made for the stack `has` holds everything that the stack `wanted` asks for. */
export function covers(has: LabStack, wanted: LabStack): boolean {
  return labStacks.indexOf(has) >= labStacks.indexOf(wanted);
}

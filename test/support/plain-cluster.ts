import type { ClusterFile } from '@vhive/shared';

/** Kubernetes and its pod network with nothing on top, for tests of how a cluster is made, whatever runs on it. */
export const plainCluster: ClusterFile = {
  sandbox: 'stock-only',
  loadBalancer: { enabled: false },
  knative: { enabled: false },
  registry: { local: false },
  ready: { smokeTest: false },
};

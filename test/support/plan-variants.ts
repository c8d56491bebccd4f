import type { ClusterFile } from '@vhive/shared';

/** A cluster whose plan patches manifests in its own way: its title, its number of nodes and its cluster file. */
export type PlanVariant = readonly [title: string, nodes: number, fields: ClusterFile];

/** Clusters that together have every patch of our phases. */
export const planVariants: readonly PlanVariant[] = [
  ['firecracker on one node', 1, {}],
  ['firecracker on three nodes', 3, {}],
  ['gVisor', 2, { sandbox: 'gvisor' }],
  ['stock-only', 2, { sandbox: 'stock-only' }],
  ['nftables', 2, { kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } }],
  ['tracing', 2, { extras: { zipkin: true } }],
  ['metrics, Prometheus and GPUs', 2, { extras: { metricsServer: true, prometheus: { enabled: true }, nvidia: true } }],
  ['a domain of one’s own', 2, { knative: { domain: 'functions.example' } }],
  [
    'settings of Knative',
    2,
    { knative: { config: { autoscaler: { 'initial-scale': '0' }, gc: { 'max-non-active-revisions': '5' } } } },
  ],
];

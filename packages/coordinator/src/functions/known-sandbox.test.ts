import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { expect, it } from 'vitest';
import { knownSandbox } from './known-sandbox.ts';

const socket = (path: string) => ({ 'kubeadm.alpha.kubernetes.io/cri-socket': path });
const vhive = socket('unix:///etc/vhive-cri/vhive-cri.sock');
const stock = socket('unix:///run/containerd/containerd.sock');

/** A cluster with or without the RuntimeClass gvisor, whose nodes have these annotations; undefined: it may not be asked. */
const cluster = (gvisor: boolean, nodes: object[] | undefined) =>
  ({
    get: async () => (gvisor ? { kind: 'RuntimeClass' } : undefined),
    list: async () => {
      if (nodes === undefined) throw new Error('forbidden');
      return nodes.map((annotations) => ({ metadata: { annotations } }));
    },
  }) as unknown as KubernetesApi;

it.each([
  [true, [stock], undefined, 'gvisor'],
  [true, undefined, 'firecracker', 'gvisor'],
  [false, [stock, vhive], undefined, 'firecracker'],
  [false, [stock, {}], 'firecracker', 'firecracker'],
  [false, undefined, 'firecracker', 'firecracker'],
  [false, [{}], 'nonsense', 'stock-only'],
  [false, [], undefined, 'stock-only'],
] as const)('RuntimeClass gvisor %s, nodes %j, remembered %s: %s', async (gvisor, nodes, remembered, sandbox) => {
  const known = await knownSandbox(cluster(gvisor, nodes && [...nodes]), remembered, new AbortController().signal);
  expect(known.sandbox).toBe(sandbox);
});

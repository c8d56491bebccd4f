import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { isSandbox, type Sandbox } from '@vhive/core/functions/catalogue';

/** A sandbox, and how it is known. */
export interface KnownSandbox {
  sandbox: Sandbox;
  because: string;
}

/** The annotation in which kubeadm up to Kubernetes 1.33 notes the CRI socket of a node. */
const CRI_SOCKET = 'kubeadm.alpha.kubernetes.io/cri-socket';

/**
 * Finds out in which sandbox a cluster runs functions: a RuntimeClass gvisor is made for gVisor only, and a node whose
 * kubelet talks to vHive runs microVMs. Where neither can be seen, `remembered` holds, which is what the coordinator of
 * this host set up, else plain containers.
 */
export async function knownSandbox(
  api: KubernetesApi,
  remembered: unknown,
  signal: AbortSignal,
): Promise<KnownSandbox> {
  const [runtimeClass, nodes] = await Promise.all([
    api.get({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', name: 'gvisor' }, { signal }).catch(() => undefined),
    api.list({ apiVersion: 'v1', kind: 'Node' }, { signal, metadataOnly: true }).catch(() => []),
  ]);
  signal.throwIfAborted();
  if (runtimeClass !== undefined) return { sandbox: 'gvisor', because: 'the cluster has the RuntimeClass gvisor' };
  const sockets = nodes.map(
    ({ metadata }) => (metadata.annotations as Record<string, string> | undefined)?.[CRI_SOCKET] ?? '',
  );
  if (sockets.some((socket) => socket.includes('vhive-cri')))
    return { sandbox: 'firecracker', because: 'its nodes talk to vHive' };
  if (isSandbox(remembered)) return { sandbox: remembered, because: 'the coordinator of this host set it up so' };
  return { sandbox: 'stock-only', because: 'nothing in the cluster says firecracker or gvisor' };
}

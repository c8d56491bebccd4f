import { stat } from 'node:fs/promises';
import type { Facts } from '@vhive/shared';

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What kubeadm made of the host already. */
export async function kubernetesRole(): Promise<Facts['kubernetes']> {
  const [joined, controlPlane] = await Promise.all([
    exists('/etc/kubernetes/kubelet.conf'),
    exists('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  ]);
  return { joined, controlPlane };
}

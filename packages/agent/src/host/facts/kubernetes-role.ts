import { exists } from '@vhive/base/files/exists';
import type { Facts } from '@vhive/shared';

/** Tells by the files of kubeadm whether the host has joined a cluster and whether it is a control plane. */
export async function kubernetesRole(): Promise<Facts['kubernetes']> {
  const [joined, controlPlane] = await Promise.all([
    exists('/etc/kubernetes/kubelet.conf'),
    exists('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  ]);
  return { joined, controlPlane };
}

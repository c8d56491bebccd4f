import { exists } from '@vhive/base/files/exists';
import type { Facts } from '@vhive/shared';

/** Tells by the files of kubeadm whether the host has joined a cluster and whether it is a control plane. */
export async function kubernetesRole(): Promise<Facts['kubernetes']> {
  const [kubeconfig, certificate, controlPlane] = await Promise.all([
    exists('/etc/kubernetes/kubelet.conf'),
    exists('/var/lib/kubelet/pki/kubelet-client-current.pem'),
    exists('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  ]);
  // A kubeconfig whose certificate is gone is what is left of a membership.
  return { joined: kubeconfig && (certificate || controlPlane), controlPlane };
}

/** The files by which kubeadm and the kubelet leave their traces. */
export const adminConf = '/etc/kubernetes/admin.conf';
export const kubeletConf = '/etc/kubernetes/kubelet.conf';
export const bootstrapKubeletConf = '/etc/kubernetes/bootstrap-kubelet.conf';
export const apiServerManifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
export const caCertificate = '/etc/kubernetes/pki/ca.crt';
export const kubeletClientCertificate = '/var/lib/kubelet/pki/kubelet-client-current.pem';
export const kubeletConfiguration = '/var/lib/kubelet/config.yaml';

/** The kubeconfig with the admin credentials, which `kubeadm init` writes. */
export const adminConf = '/etc/kubernetes/admin.conf';
/** The kubeconfig of the kubelet, which exists once the host is a member of a cluster. */
export const kubeletConf = '/etc/kubernetes/kubelet.conf';
/** The kubeconfig with the bootstrap token, which exists only while the host joins. */
export const bootstrapKubeletConf = '/etc/kubernetes/bootstrap-kubelet.conf';
/** The static pod of the API server, which makes a host a control plane. */
export const apiServerManifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
/** The certificate of the cluster's CA. */
export const caCertificate = '/etc/kubernetes/pki/ca.crt';
/** The certificate by which the kubelet is known to the API server, with its key. */
export const kubeletClientCertificate = '/var/lib/kubelet/pki/kubelet-client-current.pem';
/** The configuration of the kubelet, which kubeadm writes. */
export const kubeletConfiguration = '/var/lib/kubelet/config.yaml';
/** The directory of the cluster's certificates and keys. */
export const pkiDirectory = '/etc/kubernetes/pki';
/** The directory of the static pods. */
export const manifestsDirectory = '/etc/kubernetes/manifests';
/** The directory of etcd, which must be empty before `kubeadm init`, and which `kubeadm reset` empties. */
export const etcdData = '/var/lib/etcd';

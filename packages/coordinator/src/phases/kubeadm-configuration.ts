import { criSocketFor, kubeadmApiVersion } from '../versions/kubeadm.ts';
import { CONTAINERD_SOCKET, type PhaseContext } from './context.ts';
import { kubeletRuntimeFields } from './kubelet.ts';

/** A document of kubeadm's configuration. */
export interface ConfigurationDocument {
  apiVersion: string;
  kind: string;
  [field: string]: unknown;
}

/** What `kubeadm init` is given, as documents: https://kubernetes.io/docs/reference/config-api/ */
export function kubeadmConfiguration(context: PhaseContext): ConfigurationDocument[] {
  const { config, versions, controlPlane } = context;
  const { network, kubernetes } = config;
  const apiVersion = kubeadmApiVersion(versions.kubernetes);
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      // kubeadm makes a token of its own in any case: nobody uses it, so it dies at once.
      bootstrapTokens: [{ ttl: '1m0s' }],
      localAPIEndpoint: { advertiseAddress: controlPlane.address, bindPort: 6443 },
      nodeRegistration: {
        name: controlPlane.name,
        criSocket: criSocketFor(versions.kubernetes, CONTAINERD_SOCKET),
      },
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      clusterName: config.name,
      kubernetesVersion: `v${versions.kubernetes}`,
      networking: { podSubnet: network.podCidr, serviceSubnet: network.serviceCidr, dnsDomain: 'cluster.local' },
      ...(kubernetes.imageRepository === undefined ? {} : { imageRepository: kubernetes.imageRepository }),
    },
    {
      cgroupDriver: 'systemd',
      ...kubeletRuntimeFields(versions.kubernetes),
      ...kubernetes.kubeletConfiguration,
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
    },
    {
      ...kubernetes.kubeProxyConfiguration,
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
    },
  ];
}

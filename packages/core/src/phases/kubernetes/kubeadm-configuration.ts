import { defined } from '@vhive/shared';
import { DEFAULT_NODE_PREFIX, nodePrefix } from '../../addresses/node-prefix.ts';
import { criSocketFor, kubeadmApiVersion } from '../../versions/kubeadm.ts';
import { atLeast } from '../../versions/resolve.ts';
import { acceptsCgroupV1 } from '../kit/cgroup-v1.ts';
import { criSocket, type PhaseContext, type PlanNode } from '../kit/context.ts';
import { kubeletRuntimeFields } from './kubelet.ts';
import { patchesDirectory, unpatchedFields } from './kubelet-patch.ts';

/** A document of kubeadm's configuration. */
export interface ConfigurationDocument {
  apiVersion: string;
  kind: string;
  [field: string]: unknown;
}

/**
 * Returns the configuration that `kubeadm init` is given, as documents:
 * https://kubernetes.io/docs/reference/config-api/
 */
export function kubeadmConfiguration(context: PhaseContext): ConfigurationDocument[] {
  const { config, versions, controlPlane } = context;
  const { network, kubernetes } = config;
  const apiVersion = kubeadmApiVersion(versions.kubernetes);
  const patches = patchesDirectory(context, controlPlane);
  const ignored = ignoredPreflightErrors(context, controlPlane);
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      // kubeadm makes a bootstrap token of its own in any case. Nobody uses it, so it expires as soon as possible.
      bootstrapTokens: [{ ttl: '1m0s' }],
      localAPIEndpoint: { advertiseAddress: controlPlane.address, bindPort: 6443 },
      nodeRegistration: {
        name: controlPlane.name,
        criSocket: criSocketFor(versions.kubernetes, criSocket(context, controlPlane)),
        ...(ignored.length === 0 ? {} : { ignorePreflightErrors: ignored }),
      },
      ...(patches === null ? {} : { patches: { directory: patches } }),
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      clusterName: config.name,
      kubernetesVersion: `v${versions.kubernetes}`,
      networking: { podSubnet: network.podCidr, serviceSubnet: network.serviceCidr, dnsDomain: 'cluster.local' },
      ...defined({ imageRepository: kubernetes.imageRepository }),
      ...controllerManager(context),
    },
    {
      cgroupDriver: 'systemd',
      ...kubeletRuntimeFields(context),
      ...unpatchedFields(context),
      ...kubernetes.kubeletConfiguration,
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
    },
    {
      ...kubernetes.kubeProxyConfiguration,
      ...(context.features.loadBalancer ? { ipvs: withStrictArp(kubernetes.kubeProxyConfiguration.ipvs) } : {}),
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
    },
  ];
}

/**
 * Returns the checks of kubeadm's own preflight that must not stop it on a node. Cgroup version 1 is an error of
 * SystemVerification even where the kubelet is told to accept it, and has to be ignored by name.
 */
export function ignoredPreflightErrors(context: PhaseContext, node: PlanNode): string[] {
  return acceptsCgroupV1(context, node) ? ['SystemVerification'] : [];
}

/**
 * Returns the size of the nodes' ranges of pod addresses, where it is not the default. Arguments are a list since
 * v1beta4.
 */
function controllerManager({ config, versions }: PhaseContext): Record<string, unknown> {
  const prefix = nodePrefix(config);
  if (prefix === DEFAULT_NODE_PREFIX) return {};
  const [name, value] = ['node-cidr-mask-size', String(prefix)];
  const extraArgs = atLeast(versions.kubernetes, '1.31.0') ? [{ name, value }] : { [name]: value };
  return { controllerManager: { extraArgs } };
}

/**
 * Adds strictARP: MetalLB announces addresses by ARP itself, so kube-proxy in its IPVS mode must not answer for them.
 */
function withStrictArp(ipvs: unknown): unknown {
  return { strictARP: true, ...(typeof ipvs === 'object' ? ipvs : {}) };
}

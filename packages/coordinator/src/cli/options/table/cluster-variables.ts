import { name, text } from '../argument-types.ts';
import type { UpOptionEntry } from '../option-entry.ts';

/** The fields of the cluster file that a variable sets but no flag does. */
export const clusterVariables = {
  name: {
    variable: 'VHIVE_NAME',
    description: 'name of the cluster; --cluster wins over it',
    argument: name,
    clusterFile: { path: ['name'] },
    inLab: 'forwarded',
  },
  controlPlane: {
    variable: 'VHIVE_CONTROL_PLANE',
    description: "the node that is the master; default: the coordinator's own host",
    argument: name,
    clusterFile: { path: ['controlPlane'] },
    inLab: 'forwarded',
  },
  podCidr: {
    variable: 'VHIVE_POD_CIDR',
    description: 'addresses of pods, a CIDR',
    argument: text,
    clusterFile: { path: ['network', 'podCidr'] },
    inLab: 'forwarded',
  },
  serviceCidr: {
    variable: 'VHIVE_SERVICE_CIDR',
    description: 'addresses of Services, a CIDR',
    argument: text,
    clusterFile: { path: ['network', 'serviceCidr'] },
    inLab: 'forwarded',
  },
  imageRepository: {
    variable: 'VHIVE_IMAGE_REPOSITORY',
    description: "where kubeadm takes control plane images from; default: kubeadm's own",
    argument: text,
    clusterFile: { path: ['kubernetes', 'imageRepository'] },
    inLab: 'forwarded',
  },
  loadBalancerPool: {
    variable: 'VHIVE_LOAD_BALANCER_POOL',
    description: 'addresses that MetalLB gives out, a range or a CIDR',
    argument: text,
    clusterFile: { path: ['loadBalancer', 'pool'] },
    inLab: 'forwarded',
  },
  kubernetesVersion: {
    variable: 'VHIVE_KUBERNETES_VERSION',
    description: 'version of Kubernetes, such as 1.35.0',
    argument: text,
    clusterFile: { path: ['versions', 'kubernetes'] },
    inLab: 'forwarded',
  },
} as const satisfies Record<string, UpOptionEntry>;

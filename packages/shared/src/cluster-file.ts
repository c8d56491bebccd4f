import * as z from 'zod';
import { clusterName, nodeName } from './names.ts';

const cidr = z.string().regex(/^[0-9.]+\/[0-9]{1,2}$/, 'must be an IPv4 range such as 10.244.0.0/16');
const version = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+){0,2}([-+.][0-9A-Za-z.-]+)?$/, 'must be a version without "v", such as 1.35.3');

/** Versions of the components; absent: the catalogue's known-good set (one data file of the coordinator). */
export const versionOverrides = z.strictObject({
  kubernetes: version.optional().describe('kubeadm, kubelet, kubectl and the control plane images'),
  containerd: version.optional(),
  runc: version.optional(),
  cniPlugins: version.optional(),
  crictl: version.optional().describe('Default: the newest known of the Kubernetes minor'),
  calico: version.optional(),
});

/** The cluster file, `vhive.yaml`. Every field has a default: an empty file is a valid one. */
export const clusterFile = z.strictObject({
  name: clusterName.default('vhive'),
  sandbox: z.enum(['firecracker', 'gvisor', 'stock-only']).default('stock-only').describe('What isolates functions'),
  nodes: z.number().int().min(1).max(5000).optional().describe('How many nodes, the master included'),
  controlPlane: nodeName.optional().describe("The master; default: the coordinator's own host"),
  lan: z
    .string()
    .optional()
    .describe('Network for all cluster traffic: a CIDR or the name of an interface; default: guessed, and said'),
  network: z
    .strictObject({
      plugin: z
        .enum(['calico', 'bridge'])
        .default('calico')
        .describe('calico, or bridge with host-local addresses and routes between nodes (one LAN, labs, air gaps)'),
      podCidr: cidr.default('10.244.0.0/16').describe('Addresses of pods; each node gets a /24 of it'),
      serviceCidr: cidr.default('10.96.0.0/16').describe('Addresses of services'),
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      imageRepository: z
        .string()
        .optional()
        .describe('Where kubeadm takes control plane images from; default: its own'),
      kubeletConfiguration: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), for all nodes'),
      kubeProxyConfiguration: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('Fields of KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1)'),
      operatorUser: z
        .string()
        .optional()
        .describe('User on the master whose ~/.kube/config is written; default: who started `up`, through sudo or not'),
    })
    .prefault({}),
  preflight: z
    .strictObject({
      ignore: z.array(z.string()).default([]).describe('Names of checks whose errors count as warnings'),
      maxClockSkewMs: z.number().int().positive().default(2000).describe('Between any two nodes, milliseconds'),
      minFreeGiB: z.number().nonnegative().default(10).describe('Free space on each root file system, GiB'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      joinConcurrency: z.number().int().positive().default(25).describe('Joins at once: more overload the API server'),
      giveUpAfterSeconds: z
        .number()
        .int()
        .positive()
        .default(300)
        .describe('An unreachable node is given up after this many seconds'),
    })
    .prefault({}),
  versions: versionOverrides.prefault({}),
});

/** The cluster file as written. */
export type ClusterFile = z.input<typeof clusterFile>;
/** The cluster file with all defaults filled in. */
export type ClusterConfig = z.output<typeof clusterFile>;

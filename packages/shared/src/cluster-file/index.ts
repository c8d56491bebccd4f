import * as z from 'zod';
import { manifestPatch } from '../actions/manifest-patch.ts';
import { clusterName, nodeName } from '../names.ts';
import { extrasSection } from './extras.ts';
import { labels } from './fields.ts';
import { firecrackerSection } from './firecracker.ts';
import { knativeSection, loadBalancerSection, readySection } from './knative.ts';
import { networkSection } from './network.ts';
import { imagesSection, registrySection } from './registry.ts';
import { versionOverrides } from './versions.ts';

/** The cluster file, `vhive.yaml`. Every field has a default: an empty file is a valid one. */
export const clusterFile = z.strictObject({
  name: clusterName.default('vhive'),
  sandbox: z.enum(['firecracker', 'gvisor', 'stock-only']).default('firecracker').describe('What isolates functions'),
  stargz: z
    .boolean()
    .default(false)
    .describe('Lazy pulls of eStargz images: the stargz snapshotter, or inside microVMs with firecracker'),
  nodes: z.number().int().min(1).max(5000).optional().describe('How many nodes, the master included'),
  controlPlane: nodeName.optional().describe("The master; default: the coordinator's own host"),
  lan: z
    .string()
    .optional()
    .describe('Network for all cluster traffic: a CIDR or the name of an interface; default: guessed, and said'),
  network: networkSection.prefault({}),
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
      maxPods: z.number().int().min(1).max(1000).optional().describe("Pods per node; default: the kubelet's 110"),
      containerLogMaxSize: z
        .string()
        .regex(/^[0-9]+(Ki|Mi|Gi)$/, 'must be a size such as 512Mi')
        .optional()
        .describe("Size at which a container's log is rotated, such as 512Mi; default: the kubelet's 10Mi"),
      nodeLabels: z
        .record(z.union([nodeName, z.literal('*')]), labels)
        .default({})
        .describe(
          'Labels by node; the node "*" stands for all: {"*": {a: b}, node-2: {loader-nodetype: worker}}. A label that is no longer here is taken back; the last ones with {"*": {}}',
        ),
      kubeconfigOnWorkers: z.boolean().default(false).describe('Give the admin kubeconfig to root on every worker too'),
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
  firecracker: firecrackerSection.prefault({}),
  loadBalancer: loadBalancerSection.prefault({}),
  knative: knativeSection.prefault({}),
  registry: registrySection.prefault({}),
  images: imagesSection.prefault({}),
  ready: readySection.prefault({}),
  extras: extrasSection.prefault({}),
  manifestPatches: z
    .record(z.string(), z.array(manifestPatch))
    .default({})
    .describe(
      'Your own changes to objects of upstream manifests, by manifest: serving-core, net-istio, calico-manifest',
    ),
  versions: versionOverrides.prefault({}),
});

export { LEGACY_VHIVE_REF } from './firecracker.ts';
export { componentVersion } from './versions.ts';

/** The cluster file as written. */
export type ClusterFile = z.input<typeof clusterFile>;
/** The cluster file with all defaults filled in. */
export type ClusterConfig = z.output<typeof clusterFile>;

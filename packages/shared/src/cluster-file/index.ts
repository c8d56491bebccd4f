import * as z from 'zod';
import { manifestPatch } from '../actions/manifest-patch.ts';
import { clusterName, nodeName } from '../names.ts';
import { extrasSection } from './extras.ts';
import { configurationFields, imageRepository, labels, lan, userName } from './fields.ts';
import { firecrackerSection } from './firecracker.ts';
import { istioSection } from './istio.ts';
import { knativeSection, loadBalancerSection, readySection } from './knative.ts';
import { networkSection } from './network.ts';
import { proxySection } from './proxy.ts';
import { imagesSection, registrySection } from './registry.ts';
import { versionOverrides } from './versions.ts';

/** The cluster file, `vhive.yaml`. Every field has a default: an empty file is a valid one. */
export const clusterFile = z.strictObject({
  name: clusterName.default('vhive'),
  sandbox: z
    .enum(['firecracker', 'gvisor', 'stock-only'])
    .default('firecracker')
    .describe('The sandbox that isolates functions'),
  stargz: z
    .boolean()
    .default(false)
    .describe('Pull eStargz images lazily, by the stargz snapshotter or, with firecracker, inside the microVMs'),
  nodes: z.number().int().min(1).max(5000).optional().describe('The number of nodes, the master included'),
  controlPlane: nodeName.optional().describe("The node that becomes the master; default: the coordinator's own host"),
  lan: lan
    .optional()
    .describe(
      'The network for all traffic of the cluster, which every node must be on, as a CIDR or the name of an interface; default: the one over which the nodes came',
    ),
  proxy: proxySection
    .prefault({})
    .describe('The proxy by which nodes reach the internet: their package manager, container runtimes and builds'),
  network: networkSection.prefault({}),
  kubernetes: z
    .strictObject({
      imageRepository: imageRepository
        .optional()
        .describe('The repository from which kubeadm takes the images of the control plane; default: its own'),
      kubeletConfiguration: configurationFields('KubeletConfiguration', 'kubelet.config.k8s.io/v1beta1')
        .refine(({ maxPods = 1 }) => Number.isInteger(maxPods) && Number(maxPods) >= 1 && Number(maxPods) <= 65_000, {
          path: ['maxPods'],
          error: 'must be a whole number from 1 to 65000',
        })
        .default({})
        .describe('Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), for all nodes'),
      kubeProxyConfiguration: configurationFields('KubeProxyConfiguration', 'kubeproxy.config.k8s.io/v1alpha1')
        .default({})
        .describe('Fields of KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1)'),
      maxPods: z
        .number()
        .int()
        .min(1)
        .max(1000)
        .optional()
        .describe("The number of pods that a node may have; default: the kubelet's 110"),
      containerLogMaxSize: z
        .string()
        .regex(/^[1-9][0-9]{0,6}(Ki|Mi|Gi)$/, 'must be a size such as 512Mi')
        .optional()
        .describe("The size at which the log of a container is rotated, such as 512Mi; default: the kubelet's 10Mi"),
      nodeLabels: z
        .record(z.union([nodeName, z.literal('*')]), labels)
        .default({})
        .describe(
          'The labels of nodes, by node; the node "*" stands for all: {"*": {a: b}, node-2: {loader-nodetype: worker}}. A label that is removed from here is taken back from the node; {"*": {}} takes back the last ones',
        ),
      kubeconfigOnWorkers: z.boolean().default(false).describe('Give the admin kubeconfig to root on every worker too'),
      operatorUser: userName
        .optional()
        .describe(
          'The user on the master whose ~/.kube/config is written; default: the one who started `up`, through sudo or not',
        ),
    })
    .prefault({}),
  preflight: z
    .strictObject({
      ignore: z
        .array(
          z
            .string()
            .regex(/^[a-z][A-Za-z0-9._-]*( [A-Za-z0-9._-]+)*$/, 'must be the name of a check, such as space')
            .max(64),
        )
        .default([])
        .describe('The names of checks whose errors count as warnings'),
      maxClockSkewMs: z
        .number()
        .int()
        .positive()
        .max(3_600_000)
        .default(2000)
        .describe('How far the clocks of any two nodes may differ, in milliseconds'),
      minFreeGiB: z
        .number()
        .nonnegative()
        .max(1_048_576)
        .default(10)
        .describe('The free space that each root file system must have, in GiB'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      joinConcurrency: z
        .number()
        .int()
        .positive()
        .max(5000)
        .default(25)
        .describe('How many nodes join at once; more of them overload the API server'),
      giveUpAfterSeconds: z
        .number()
        .int()
        .positive()
        .max(7 * 86_400)
        .default(300)
        .describe('An unreachable node is given up after this many seconds'),
    })
    .prefault({}),
  firecracker: firecrackerSection.prefault({}),
  loadBalancer: loadBalancerSection.prefault({}),
  istio: istioSection.prefault({}),
  knative: knativeSection.prefault({}),
  registry: registrySection.prefault({}),
  images: imagesSection.prefault({}),
  ready: readySection.prefault({}),
  extras: extrasSection.prefault({}),
  manifestPatches: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/, 'must be the name of a manifest'),
      z.array(manifestPatch),
    )
    .default({})
    .describe(
      'Your own changes to objects of upstream manifests, by the name of the manifest, such as serving-core, net-istio or calico-manifest',
    ),
  versions: versionOverrides.prefault({}),
});

export { LEGACY_VHIVE_COMMIT, LEGACY_VHIVE_REF, VHIVE_COMMIT, VHIVE_REPOSITORY } from './firecracker.ts';
export { componentVersion } from './versions.ts';

/** The cluster file as written. */
export type ClusterFile = z.input<typeof clusterFile>;
/** The cluster file with all defaults filled in. */
export type ClusterConfig = z.output<typeof clusterFile>;

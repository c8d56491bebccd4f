import type { ClusterFile } from '@vhive/shared';
import { parseDocument, stringify } from 'yaml';
import type { LabMirror } from '../tree/index.ts';
import { stackVersion, standInImage } from '../tree/stack/index.ts';

/** The versions of what the mirror tree holds and a cluster file names. */
export type LabVersions = Pick<
  LabMirror['versions'],
  'kubernetes' | 'containerd' | 'runc' | 'cniPlugins' | 'crictl' | 'gvisor' | 'registry' | 'standIn'
>;

/** What a lab's cluster consists of. With `kubernetes-only` it has neither Knative nor what Knative needs. */
export type LabStack = 'full' | 'kubernetes-only';

/**
 * Writes the cluster file of a lab. It differs from a real one only in its versions and its mirror, and in what
 * containers on one shared kernel cannot have: lowered OOM scores, kernel-wide limits of connection tracking, and a
 * disk of their own to measure evictions by.
 */
export function labClusterFile(hosts: number, versions: LabVersions, stack: LabStack = 'full'): string {
  const image = standInImage(versions.standIn);
  const file: ClusterFile = {
    sandbox: 'stock-only',
    nodes: hosts,
    network: { plugin: 'bridge' },
    ...(stack === 'kubernetes-only'
      ? { loadBalancer: { enabled: false }, knative: { enabled: false }, registry: { local: false } }
      : { ready: { image } }),
    versions: componentVersions(versions),
    preflight: { minFreeGiB: 2 },
    kubernetes: {
      kubeletConfiguration: {
        failSwapOn: false,
        protectKernelDefaults: false,
        oomScoreAdj: 0,
        imageGCHighThresholdPercent: 100,
        evictionHard: {
          'memory.available': '100Mi',
          'nodefs.available': '0%',
          'imagefs.available': '0%',
          'nodefs.inodesFree': '0%',
        },
      },
      kubeProxyConfiguration: {
        mode: 'iptables',
        oomScoreAdj: 0,
        conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
      },
    },
  };
  return `# Written by the lab. Change it and run \`vhive-coord up\` on this host again.
# MetalLB, Istio and Knative are stand-ins here: small programs of the lab under the same names.
${stringify(file)}`;
}

/** Returns the versions of everything that the mirror tree has, by the names of the cluster file. */
function componentVersions({ standIn: _, ...real }: LabVersions) {
  const names = ['metallb', 'istio', 'knativeServing', 'netIstio', 'knativeEventing', 'kn'] as const;
  const { kubernetes, containerd, runc, cniPlugins, crictl, gvisor, registry } = real;
  return {
    ...{ kubernetes, containerd, runc, cniPlugins, crictl, gvisor, registry },
    ...Object.fromEntries(names.map((name) => [name, stackVersion])),
  };
}

/**
 * Adapts a lab's cluster file to another number of hosts or another mirror tree. Everything else in it stays as it is,
 * including the comments. A file that cannot be read stays as it is altogether, because `up` says what is wrong with
 * it.
 */
export function adaptedClusterFile(present: string, hosts: number, versions: LabVersions): string {
  const document = parseDocument(present);
  if (document.errors.length > 0) return present;
  document.set('nodes', hosts);
  for (const [name, version] of Object.entries(componentVersions(versions)))
    document.setIn(['versions', name], version);
  const image = document.getIn(['ready', 'image']);
  // This is the lab's own image, whose tag follows the mirror tree.
  if (typeof image === 'string' && image.startsWith(standInImage('')))
    document.setIn(['ready', 'image'], standInImage(versions.standIn));
  return document.toString();
}

import type { ClusterFile } from '@vhive/shared';
import { parseDocument, stringify } from 'yaml';
import type { LabMirror } from '../tree/index.ts';
import { stackVersion, standInImage } from '../tree/stack/index.ts';

/** Versions of what the mirror holds and a cluster file names. */
export type LabVersions = Pick<
  LabMirror['versions'],
  'kubernetes' | 'containerd' | 'runc' | 'cniPlugins' | 'crictl' | 'gvisor' | 'registry' | 'standIn'
>;

/** What a lab's cluster consists of: with `kubernetes-only` neither Knative nor what it needs. */
export type LabStack = 'full' | 'kubernetes-only';

/**
 * The cluster file of a lab. Only versions and mirror differ from real life, and what containers on one shared kernel
 * cannot have: lowered OOM scores, kernel-wide connection tracking limits, a disk of their own to measure evictions by.
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

/** All that the mirror has, by the names of the cluster file. */
function componentVersions({ standIn: _, ...real }: LabVersions) {
  const names = ['metallb', 'istio', 'knativeServing', 'netIstio', 'knativeEventing', 'kn'] as const;
  const { kubernetes, containerd, runc, cniPlugins, crictl, gvisor, registry } = real;
  return {
    ...{ kubernetes, containerd, runc, cniPlugins, crictl, gvisor, registry },
    ...Object.fromEntries(names.map((name) => [name, stackVersion])),
  };
}

/**
 * A lab's cluster file for another number of hosts, or another mirror: everything else in it stays as it is, comments
 * too. What cannot be read stays as it is altogether: `up` says what is wrong with it.
 */
export function adaptedClusterFile(present: string, hosts: number, versions: LabVersions): string {
  const document = parseDocument(present);
  if (document.errors.length > 0) return present;
  document.set('nodes', hosts);
  for (const [name, version] of Object.entries(componentVersions(versions)))
    document.setIn(['versions', name], version);
  const image = document.getIn(['ready', 'image']);
  // The lab's own image: its tag follows the mirror.
  if (typeof image === 'string' && image.startsWith(standInImage('')))
    document.setIn(['ready', 'image'], standInImage(versions.standIn));
  return document.toString();
}

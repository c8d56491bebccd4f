import type { ClusterFile } from '@vhive/shared';
import { parseDocument, stringify } from 'yaml';
import type { LabMirror } from './mirror/index.ts';

/** Versions of what the mirror holds and a cluster file names. */
export type LabVersions = Pick<LabMirror['versions'], 'kubernetes' | 'containerd' | 'runc' | 'cniPlugins' | 'crictl'>;

/**
 * The cluster file of a lab. Only versions and mirror differ from real life, and what containers on one shared kernel
 * cannot have: lowered OOM scores, kernel-wide connection tracking limits, a disk of their own to measure evictions by.
 */
export function labClusterFile(hosts: number, versions: LabVersions): string {
  const { kubernetes, containerd, runc, cniPlugins, crictl } = versions;
  const file: ClusterFile = {
    sandbox: 'stock-only',
    nodes: hosts,
    network: { plugin: 'bridge' },
    versions: { kubernetes, containerd, runc, cniPlugins, crictl },
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
  return `# Written by the lab. Change it and run \`vhive-coord up\` on this host again.\n${stringify(file)}`;
}

/**
 * A lab's cluster file for another number of hosts, or another mirror: everything else in it stays as it is, comments
 * too. What cannot be read stays as it is altogether: `up` says what is wrong with it.
 */
export function adaptedClusterFile(present: string, hosts: number, versions: LabVersions): string {
  const document = parseDocument(present);
  if (document.errors.length > 0) return present;
  const { kubernetes, containerd, runc, cniPlugins, crictl } = versions;
  document.set('nodes', hosts);
  for (const [name, version] of Object.entries({ kubernetes, containerd, runc, cniPlugins, crictl }))
    document.setIn(['versions', name], version);
  return document.toString();
}

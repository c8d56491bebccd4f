import type { ClusterFile } from '@vhive/shared';
import { stringify } from 'yaml';
import type { LabMirror } from './mirror/index.ts';

/**
 * The cluster file of a lab. Only versions and mirror differ from real life, and what containers on one shared kernel
 * cannot have: lowered OOM scores, kernel-wide connection tracking limits, a disk of their own to measure evictions by.
 */
export function labClusterFile(hosts: number, versions: LabMirror['versions']): string {
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

import type { ClusterFile } from '@vhive/shared';
import { parseDocument, stringify } from 'yaml';
import type { LabStack } from '../tree/stack-choice.ts';
import { type MirrorVersions, versionsBesideCatalogue } from '../tree/versions.ts';

/** What a stack leaves out of a cluster. */
const leftOut: Readonly<Record<LabStack, ClusterFile>> = {
  'kubernetes-only': { loadBalancer: { enabled: false }, knative: { enabled: false }, registry: { local: false } },
  serving: { knative: { eventing: false } },
  full: {},
};

/** What turns off the filters that only Istio's own build of Envoy has. */
const withoutIstioFilters = {
  telemetry: { enabled: false },
  pilot: { env: { PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false' } },
};

/**
 * Writes the cluster file of a lab. It differs from a real one only in some versions and its mirror, in what Istio
 * needs for an Envoy without Istio's own filters, and in what containers on one shared kernel cannot have: lowered OOM
 * scores, kernel-wide limits of connection tracking, and a disk of their own to measure evictions by.
 */
export function labClusterFile(hosts: number, versions: MirrorVersions, stack: LabStack = 'full'): string {
  const file: ClusterFile = {
    sandbox: 'stock-only',
    nodes: hosts,
    network: { plugin: 'bridge' },
    ...leftOut[stack],
    versions: versionsBesideCatalogue(versions),
    istio: { values: withoutIstioFilters },
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
# Software without a version here has the one that this release knows. net-istio and kn are stand-ins of the lab.
${stringify(file)}`;
}

/**
 * Adapts a lab's cluster file to another number of hosts or another mirror tree. Everything else in it stays as it is,
 * including the comments. A file that cannot be read stays as it is altogether, because `up` says what is wrong with
 * it.
 */
export function adaptedClusterFile(present: string, hosts: number, versions: MirrorVersions): string {
  const document = parseDocument(present);
  if (document.errors.length > 0) return present;
  document.set('nodes', hosts);
  const beside = versionsBesideCatalogue(versions);
  for (const name of Object.keys(versions) as (keyof MirrorVersions)[])
    if (beside[name] === undefined) document.deleteIn(['versions', name]);
    else document.setIn(['versions', name], beside[name]);
  return document.toString();
}

import { choice, path, text, wholeNumber } from '../argument-types.ts';
import type { UpOptionEntry } from '../option-entry.ts';

/** The options that set fields of the cluster file, and the option that names the file. */
export const clusterTable = {
  nodes: {
    flag: '-n, --nodes <count>',
    description: 'number of nodes, the master included; 1 makes a single-node cluster',
    argument: wholeNumber(1, 5000),
    clusterFile: { path: ['nodes'] },
    inLab: 'forwarded',
  },
  config: {
    flag: '-c, --config <file>',
    description: 'the cluster file, such as vhive.yaml; every field has a default',
    argument: path,
    inLab: { outer: 'the file is read on this machine, and its text is brought to the first host' },
  },
  sandbox: {
    flag: '--sandbox <kind>',
    description: 'what isolates functions; default: firecracker',
    argument: choice('firecracker', 'gvisor', 'stock-only'),
    clusterFile: { path: ['sandbox'] },
    inLab: 'forwarded',
  },
  network: {
    flag: '--network <plugin>',
    description: 'pod network: calico (default), or bridge for labs and air gaps',
    argument: choice('calico', 'bridge'),
    clusterFile: { path: ['network', 'plugin'] },
    inLab: 'forwarded',
  },
  stargz: {
    flag: '--stargz',
    description: 'pull eStargz images lazily (stock-only, firecracker)',
    clusterFile: { path: ['stargz'], value: true, opposite: false },
    inLab: 'forwarded',
  },
  snapshots: {
    flag: '--snapshots',
    description: 'start functions from Firecracker snapshots',
    clusterFile: { path: ['firecracker', 'snapshots'], value: true, opposite: false },
    inLab: 'forwarded',
  },
  upf: {
    flag: '--upf',
    description: 'REAP: user-level page faults for snapshots (implies --snapshots)',
    clusterFile: { path: ['firecracker', 'upf'], value: true, opposite: false },
    inLab: 'forwarded',
  },
  vhiveRepo: {
    flag: '--vhive-repo <owner/name>',
    description: 'the repository of vHive on GitHub, such as that of a fork',
    argument: text,
    clusterFile: { path: ['firecracker', 'vhiveRepository'] },
    inLab: 'forwarded',
  },
  vhiveRef: {
    flag: '--vhive-ref <ref>',
    description: 'branch, tag or commit of vHive; a branch moves',
    argument: text,
    clusterFile: { path: ['firecracker', 'vhiveRef'] },
    inLab: 'forwarded',
  },
  nftables: {
    flag: '--nftables',
    description: 'let kube-proxy and Calico use nftables',
    clusterFile: { path: ['kubernetes', 'kubeProxyConfiguration', 'mode'], value: 'nftables', opposite: 'iptables' },
    inLab: 'forwarded',
  },
  smokeTest: {
    flag: '--no-smoke-test',
    description: 'do not deploy and call a test function at the end',
    clusterFile: { path: ['ready', 'smokeTest'], value: false, opposite: true },
    inLab: 'forwarded',
  },
} as const satisfies Record<string, UpOptionEntry>;

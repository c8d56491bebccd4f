import { defined, type Facts, type HostFinding, type Params } from '@vhive/shared';
import { engineFindings } from './engine-findings.ts';

const GIB = 2 ** 30;
const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
/** The form that kubeadm accepts as a node name. */
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reports what the facts alone tell against using the host.
 * @param joined whether the host is a node of a running cluster, which already holds what the space was needed for
 */
export function machineFindings(facts: Facts, params: Params<'preflight.host'>, joined: boolean): HostFinding[] {
  const findings: HostFinding[] = [];
  const error = (check: HostFinding['check'], message: string, hint?: string) =>
    findings.push({ check, level: 'error', message, ...defined({ hint }) });
  const warning = (check: HostFinding['check'], message: string, hint?: string) =>
    findings.push({ check, level: 'warning', message, ...defined({ hint }) });

  if (!params.arches.includes(facts.arch))
    error(
      'arch',
      `this host is ${facts.arch}; the chosen sandbox needs ${params.arches.join(' or ')}`,
      facts.arch === 'arm64' ? 'arm64 works with --sandbox stock-only' : undefined,
    );
  if (!['debian', 'ubuntu'].includes(facts.os.id))
    error('os', `${facts.os.name} is not supported: vHive nodes run Debian or Ubuntu`, 'Ubuntu 24.04 or Debian 12');
  if (facts.cpus < params.minCpus) error('cpus', `${facts.cpus} CPU(s), at least ${params.minCpus} are needed`);
  if (facts.memoryBytes < params.minMemoryBytes)
    error('memory', `${gib(facts.memoryBytes)} of memory, at least ${gib(params.minMemoryBytes)} are needed`);
  if (facts.root.freeBytes < params.minFreeBytes) {
    const message = `${gib(facts.root.freeBytes)} free on the root file system (of ${gib(facts.root.totalBytes)}), at least ${gib(params.minFreeBytes)} are needed`;
    if (joined) warning('space', message);
    else error('space', message, 'make room or grow the file system, or set preflight.minFreeGiB in the cluster file');
  }
  if (!dnsLabel.test(facts.hostname.split('.')[0]?.toLowerCase() ?? ''))
    error(
      'hostname',
      `the host name ${JSON.stringify(facts.hostname)} cannot be a node name (letters, digits and "-" only)`,
      'hostnamectl set-hostname <name>, then restart the agent',
    );
  if (params.needsKvm && !facts.kvm.usable)
    error(
      'kvm',
      facts.kvm.present ? '/dev/kvm is there but cannot be opened' : 'there is no /dev/kvm: microVMs need it',
      facts.kvm.present
        ? 'is the agent root, and the device not held by a container?'
        : 'switch virtualisation on in the firmware (or nested virtualisation in the hypervisor), or use another --sandbox',
    );
  if (params.wantsSsd && facts.root.rotational === true)
    warning('disk', 'the root file system is on a hard disk: snapshots and microVM images will be slow', 'use an SSD');
  if (facts.swapBytes > 0) warning('swap', `${gib(facts.swapBytes)} of swap is in use; it will be switched off`);
  findings.push(...engineFindings(facts, joined));
  const here = facts.interfaces.some(({ addresses }) =>
    addresses.some((address) => address.split('/')[0] === params.address),
  );
  if (!here && !facts.simulated)
    error(
      'address',
      `no interface of this host has the address ${params.address} chosen for it`,
      `its addresses: ${facts.interfaces.flatMap(({ addresses }) => addresses).join(', ')}; choose the network with --lan`,
    );
  return findings;
}

import { currentHierarchies, makeHostCgroups } from '../machine/cgroups.ts';
import { type LabNames, labHostNames } from '../machine/names.ts';
import { hostNetworkVariables } from '../machine/network.ts';
import type { LabBind, ProcessIdentity } from '../types.ts';
import { withheldCapabilities } from './capabilities.ts';
import { needsDelegatedScope, startSupervisor } from './supervisor.ts';

/** A host that has all it needs to boot. */
export interface BootableHost {
  name: string;
  address: string;
  /** The lab's network, as 10.77.0.0/24. */
  subnet: string;
  tree: string;
  binds: readonly LabBind[];
}

/** Starts the systemd of a host under a supervisor, in groups of its own, and gives both. Does not wait for the boot. */
export async function startHost(
  names: LabNames,
  host: BootableHost,
): Promise<{ supervisor: ProcessIdentity; cgroups: string[] }> {
  const { log, networkNamespace } = labHostNames(names, host.name);
  const isDelegated = needsDelegatedScope(await currentHierarchies());
  const cgroups = isDelegated ? [] : await makeHostCgroups(names.cgroup, host.name);
  const supervisor = await startSupervisor({
    argv: nspawnCommand(host, networkNamespace),
    cgroups,
    scope: isDelegated ? `${names.cgroup}-${host.name}` : undefined,
    // Of /proc/sys and /sys only the parts of the host's own network are writable.
    env: { ...hostNetworkVariables(names, host.subnet, host), SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
    logFile: log,
  });
  return { supervisor, cgroups };
}

function nspawnCommand(host: BootableHost, networkNamespace: string): string[] {
  const binds = host.binds.map(({ source, target, readOnly }) => {
    const escapeColons = (path: string) => path.replace(/[\\:]/g, '\\$&');
    return `--bind${readOnly ? '-ro' : ''}=${escapeColons(source)}:${escapeColons(target)}`;
  });
  return [
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${host.tree}`,
    `--machine=${host.name}`,
    `--hostname=${host.name}`,
    `--network-namespace-path=${networkNamespace}`,
    // The machine need not run systemd, so nobody registers the container and its groups are ours.
    '--register=no',
    '--keep-unit',
    '--capability=all',
    `--drop-capability=${withheldCapabilities.map((name) => `CAP_${name.toUpperCase()}`).join(',')}`,
    // Container runtimes need keyctl, which is not among the system calls containers have by default.
    '--system-call-filter=@known',
    // kubelet reads the first; fuse-overlayfs and stargz mount by the second.
    '--bind=/dev/kmsg',
    '--bind=/dev/fuse',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
    ...binds,
  ];
}

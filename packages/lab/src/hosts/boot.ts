import { currentHierarchies, makeHostCgroups } from '../machine/cgroups.ts';
import { type LabNames, labHostNames } from '../machine/names.ts';
import { hostNetworkVariables } from '../machine/network.ts';
import type { LabBind, ProcessIdentity } from '../types.ts';
import { withheldCapabilities } from './capabilities.ts';
import { needsDelegatedScope, startSupervisor } from './supervisor.ts';

/** A host that has everything that it needs to boot. */
export interface BootableHost {
  name: string;
  address: string;
  /** The lab's network, such as 10.77.0.0/24. */
  subnet: string;
  tree: string;
  binds: readonly LabBind[];
}

/**
 * Starts the systemd of a host under a supervisor and in cgroups of its own. Returns both without waiting for the boot.
 */
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
    // Only the parts of /proc/sys and /sys that belong to the host's own network are writable.
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
    // The container is not registered, because the machine may not run systemd, and its cgroups are the lab's.
    '--register=no',
    '--keep-unit',
    '--capability=all',
    `--drop-capability=${withheldCapabilities.map((name) => `CAP_${name.toUpperCase()}`).join(',')}`,
    // Container runtimes need keyctl, which is not among the system calls that containers have by default.
    '--system-call-filter=@known',
    // The kubelet reads /dev/kmsg; fuse-overlayfs and stargz mount with /dev/fuse.
    '--bind=/dev/kmsg',
    '--bind=/dev/fuse',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
    ...binds,
  ];
}

import { type LabNames, labHostNames } from '../../machine/names.ts';
import { hostNetworkScript, hostNetworkVariables } from '../../machine/network.ts';
import type { ProcessIdentity } from '../../types.ts';
import type { BootableHost } from '../kind.ts';
import { startSupervisor } from '../supervisor.ts';
import { withheldCapabilities } from './capabilities.ts';

/**
 * Starts the systemd of a host under a supervisor and in cgroups of its own. Returns both without waiting for the boot.
 */
export async function startContainer(
  names: LabNames,
  host: BootableHost,
): Promise<{ supervisor: ProcessIdentity; cgroups: string[] }> {
  return startSupervisor(names, host.name, {
    argv: nspawnCommand(names, host),
    network: hostNetworkScript,
    // Only the parts of /proc/sys and /sys that belong to the host's own network are writable.
    env: { ...hostNetworkVariables(names, host.subnet, host), SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
  });
}

function nspawnCommand(names: LabNames, host: BootableHost): string[] {
  const { networkNamespace, tree } = labHostNames(names, host.name);
  const binds = host.binds.map(({ source, target, readOnly }) => {
    const escapeColons = (path: string) => path.replace(/[\\:]/g, '\\$&');
    return `--bind${readOnly ? '-ro' : ''}=${escapeColons(source)}:${escapeColons(target)}`;
  });
  return [
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${tree}`,
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

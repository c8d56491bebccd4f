import type { HostFinding } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { isMountedReadOnly } from '../files/mount-table.ts';

/**
 * What a node with a few dozen containers needs at least of the limits of inotify, which the kernel counts by user and
 * not by container, and what they are raised to where they are less. The phase `system` raises them on other hosts.
 */
const limits = [
  {
    key: 'fs.inotify.max_user_instances',
    least: 512,
    wanted: 8192,
    without: 'containerd may start without its CRI plugin ("unknown service runtime.v1.ImageService")',
  },
  {
    key: 'fs.inotify.max_user_watches',
    least: 65_536,
    wanted: 524_288,
    without: 'the kubelet may fail to watch its files ("no space left on device")',
  },
] as const;

/**
 * Warns of limits of the kernel that are too small for a node and cannot be raised on this host: /proc/sys is read-only
 * in a container, which shares the limits with the machine that runs it.
 */
export async function kernelLimitFindings(host: Host): Promise<HostFinding[]> {
  const findings: HostFinding[] = [];
  for (const { key, least, wanted, without } of limits) {
    const path = `/proc/sys/${key.replaceAll('.', '/')}`;
    const value = (await host.readFile(path))?.toString().trim();
    if (value === undefined || Number(value) >= least || !(await isMountedReadOnly(host, path))) continue;
    findings.push({
      check: 'kernel',
      level: 'warning',
      message: `${key} is ${value} and cannot be raised here, a node needs at least ${least}: ${without}`,
      hint: `on the machine that runs this container: sysctl -w ${key}=${wanted}`,
    });
  }
  return findings;
}

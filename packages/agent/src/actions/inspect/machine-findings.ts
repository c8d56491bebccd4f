import type { Facts, Finding } from '@vhive/shared';
import type { ActionContext } from '../kit/action.ts';
import { parsePoolStatus } from '../thin-pool/pool-status.ts';

/** A pool that is filled to this percentage or more is reported, because what comes next may not fit. */
const POOL_WARNING_PERCENT = 80;

/** Reports a /dev/kvm that cannot be opened, which microVMs need. */
export function kvmFindings({ kvm }: Facts): Finding[] {
  if (kvm.usable) return [];
  const message = kvm.present ? '/dev/kvm is there but cannot be opened' : 'there is no /dev/kvm';
  return [{ check: 'kvm', level: 'error', message, hint: 'ls -l /dev/kvm; dmesg | grep -i kvm' }];
}

/** Reports a root file system with less free space than the kubelet needs: below that it evicts pods. */
export function spaceFindings({ root }: Facts, minFreePercent: number): Finding[] {
  const percent = root.totalBytes === 0 ? 100 : (root.freeBytes / root.totalBytes) * 100;
  if (percent >= minFreePercent) return [];
  const message = `${percent.toFixed(0)} % of the root file system are free; below ${minFreePercent} % the kubelet evicts pods`;
  return [
    { check: 'space', level: 'warning', message, hint: 'crictl rmi --prune; du -xh --max-depth=2 /var | sort -h' },
  ];
}

/** Reports a thin pool that is missing, takes no data or is nearly full. */
export async function poolFindings(name: string, { host, signal }: ActionContext): Promise<Finding[]> {
  const result = await host.run(['dmsetup', 'status', name], { signal });
  const status = result.exitCode === 0 ? parsePoolStatus(result.stdout) : undefined;
  const hint = `dmsetup status ${name}; systemctl status vhive-thin-pool`;
  if (status === undefined)
    return [{ check: 'thin pool', level: 'error', message: `${name} does not exist or is not a thin pool`, hint }];
  if (status.mode !== 'rw')
    return [{ check: 'thin pool', level: 'error', message: `${name} takes no data (${status.mode})`, hint }];
  const { usedDataBlocks, totalDataBlocks, usedMetadataBlocks, totalMetadataBlocks } = status;
  return [
    ...fullness(name, usedDataBlocks / totalDataBlocks, 'firecracker.thinPool.dataGiB'),
    // A pool whose metadata is full becomes read-only until it is repaired.
    ...fullness(
      `the metadata of ${name}`,
      usedMetadataBlocks / totalMetadataBlocks,
      'firecracker.thinPool.metadataGiB',
    ),
  ];
}

function fullness(what: string, share: number, field: string): Finding[] {
  const percent = 100 * share;
  if (percent < POOL_WARNING_PERCENT) return [];
  const message = `${what} is ${percent.toFixed(0)} % full`;
  return [{ check: 'thin pool', level: 'warning', message, hint: `make it larger: ${field} in the cluster file` }];
}

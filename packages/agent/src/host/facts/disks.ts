import { readdir } from 'node:fs/promises';
import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/** The bytes in a sector as /sys/block counts them, whatever the sector size of the disk itself. */
const SECTOR = 512;

/** The names of block devices that are not disks themselves. */
const derived = /^(loop|ram|zram|dm-|md|sr|fd|nbd)/;

/** Whether a name in /sys/block is that of a disk itself. */
export function isDiskName(name: string): boolean {
  return !derived.test(name);
}

/** Returns the whole disks of the machine. They are read from /sys/block, so that lsblk need not be installed. */
export async function disks(): Promise<Facts['disks']> {
  const names = (await readdir('/sys/block').catch(() => [])).filter(isDiskName).sort();
  return Promise.all(
    names.map(async (name) => {
      const rotational = await readText(`/sys/block/${name}/queue/rotational`);
      return {
        name,
        bytes: Number((await readText(`/sys/block/${name}/size`)) ?? 0) * SECTOR,
        ...(rotational === undefined ? {} : { rotational: rotational === '1' }),
      };
    }),
  );
}

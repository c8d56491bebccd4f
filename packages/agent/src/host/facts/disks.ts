import { readdir } from 'node:fs/promises';
import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/** Bytes in a sector as /sys/block counts them, whatever the disk's own sector size. */
const SECTOR = 512;

/** Block devices that are no disks of their own. */
const derived = /^(loop|ram|zram|dm-|md|sr|fd|nbd)/;

/** Whole disks. Read from /sys/block, so lsblk need not be installed. */
export async function disks(): Promise<Facts['disks']> {
  const names = (await readdir('/sys/block').catch(() => [])).filter((name) => !derived.test(name)).sort();
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

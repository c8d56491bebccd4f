import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The size of the disk: room for the events of a small cluster. */
const MEGABYTES = 24;

/** A small disk, which can be filled to its last byte. */
export interface SmallDisk {
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** Mounts a small disk at a directory. Needs root. */
export async function mountSmallDisk(directory: string): Promise<SmallDisk> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=0700`, 'vhive-faults', directory]);
  const ballast = join(directory, '.ballast');
  return {
    async fill() {
      // It ends with ENOSPC, as it should.
      await writeFile(ballast, Buffer.alloc(MEGABYTES * 2 ** 20)).catch(() => undefined);
    },
    free: () => rm(ballast, { force: true }),
    async remove() {
      await execa('umount', ['--lazy', directory]);
    },
  };
}

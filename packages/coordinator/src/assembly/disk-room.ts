import { statfs } from 'node:fs/promises';
import { megabytes } from '@vhive/base/megabytes';
import { VhiveError } from '@vhive/shared';

/** A coordinator that has less room than this, in bytes, would soon fail in the midst of its work. */
const LEAST_BYTES = 64 * 1024 ** 2;
/** On a small disk, this part of it is enough. */
const LEAST_PART = 1 / 8;

/** Throws `preflight` when there is too little room in a state directory to begin with. */
export async function requireRoom(stateDir: string): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(stateDir);
  const free = bavail * bsize;
  const least = Math.min(LEAST_BYTES, blocks * bsize * LEAST_PART);
  if (free >= least) return;
  throw new VhiveError({
    code: 'preflight',
    message: `the disk of the state directory ${stateDir} is full: ${megabytes(free)} are free, and a coordinator begins with at least ${megabytes(least)}`,
    hint: `make room there (df -h ${stateDir}), then type the same command again`,
  });
}

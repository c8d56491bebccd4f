import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { keepTrackOfTemporaries, removeLeftTemporaries } from '@vhive/base/files/temporary-files';
import { ignoring } from '@vhive/base/ignoring';
import type { Logger } from './logger.ts';
import { livingOwner } from './process-lock.ts';

/** So much must be free for the journal and what else the agent writes, in bytes; on a small disk an eighth of it. */
const WANTED_BYTES = 32 * 1024 * 1024;

/** Where downloads under way are, in the agent's state directory. */
export function downloadsIn(stateDirectory: string): string {
  return join(stateDirectory, 'downloads');
}

/**
 * Makes room when the disk of the state directory is full: removes downloads that an earlier agent had under way.
 * Without that this one could write neither its lock nor its journal, and would never start again. What a living agent
 * downloads stays.
 */
export async function makeRoom(stateDirectory: string, logger: Logger): Promise<void> {
  const space = await statfs(stateDirectory).catch(
    ignoring('where there is no directory yet, nothing is full of ours'),
  );
  if (space === undefined || (await livingOwner(stateDirectory)) !== undefined) return;
  const { bsize, bavail, blocks } = space;
  if (bavail * bsize >= Math.min(WANTED_BYTES, (blocks * bsize) / 8)) return;
  logger.warn(`the disk of ${stateDirectory} is full: downloads that were under way are removed from it`);
  await rm(downloadsIn(stateDirectory), { recursive: true, force: true });
}

/** Removes the temporary files that an agent left behind, anywhere on its host, when it was killed. */
export async function clearUp(stateDirectory: string): Promise<void> {
  await removeLeftTemporaries(stateDirectory, { recursive: true });
  await keepTrackOfTemporaries(join(stateDirectory, 'temporaries'));
}

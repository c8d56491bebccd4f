import { rm } from 'node:fs/promises';
import { IMAGE_INDEX } from '@vhive/base/image-index';
import type { MirrorPaths } from './paths.ts';
import { replaceTree } from './replace-tree.ts';
import { filesBelow, type MirrorStamp, writeStamp } from './stamp.ts';

/**
 * Puts a tree that is whole in the place of the one before. Returns its stamp, which is written last.
 *
 * @param made the folder of the tree, which is gone afterwards
 */
export async function finishTree(
  paths: MirrorPaths,
  made: string,
  about: Omit<MirrorStamp, 'files'>,
  signal: AbortSignal | undefined,
): Promise<MirrorStamp> {
  const files = await filesBelow(made);
  // A tree without a stamp is not valid, so nobody takes it for finished while it is replaced.
  await rm(paths.stamp, { force: true });
  await replaceTree(made, paths.mirror, IMAGE_INDEX, signal);
  const stamp = { ...about, files };
  await writeStamp(paths.stamp, stamp);
  return stamp;
}

import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArtifactStore } from '../store.ts';

/** Copies a file of the store to its path in a mirror tree, where it appears whole. */
export async function placeInTree(store: ArtifactStore, sha256: string, target: string): Promise<void> {
  const stored = await store.find(sha256);
  if (!stored) throw new Error(`${target} vanished from the store`);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.partial`;
  try {
    await copyFile(stored.path, partial, constants.COPYFILE_FICLONE);
    await rename(partial, target);
  } finally {
    await rm(partial, { force: true });
  }
}

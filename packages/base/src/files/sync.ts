import { open } from 'node:fs/promises';

/** Makes the content of a file survive a power failure. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** Makes the names in a directory survive a power failure: without it, one may undo a rename that was made in it. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some file systems (overlay, FUSE) cannot sync a directory; a rename in it is still made in one step.
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

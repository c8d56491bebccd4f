import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { removeOthers } from '../../base-tree/base-tree.ts';
import { type EmulatedHostPaths, pathsBeside } from './host-paths.ts';

/** The folder in an image with a link to each disk that is based on it, whichever lab the disk belongs to. */
const usersOf = (image: string) => join(image, 'users');

/** Notes that a host's disk is based on the image in the directory `image`, so that this is kept as long as the disk. */
export async function noteUser(image: string, { disk }: EmulatedHostPaths): Promise<void> {
  const name = createHash('sha256').update(disk).digest('hex').slice(0, 12);
  await mkdir(usersOf(image), { recursive: true });
  await rm(join(usersOf(image), name), { force: true });
  await symlink(disk, join(usersOf(image), name));
}

/** Tells whether there is still a disk that is based on the image in the directory `image`, of a host that is on or off. */
export async function isImageInUse(image: string): Promise<boolean> {
  const links = await readdir(usersOf(image)).catch(ignoring('an image without that folder was never used'));
  for (const link of links ?? []) {
    const disk = await readlink(join(usersOf(image), link));
    // A new lab at the same place may have a disk on another image.
    const base = await readlink(pathsBeside(disk).image).catch(ignoring('the host is gone'));
    if (base === image && existsSync(disk)) return true;
  }
  return false;
}

/** Removes what older recipes and interrupted tries left in the lab's cache, except for images on which disks are based. */
export async function removeUnusedImages(cache: string): Promise<void> {
  await removeOthers(cache, 'emulated-', isImageInUse);
}

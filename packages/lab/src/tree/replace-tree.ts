import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileDigest } from '@vhive/base/files/hash-file';
import { ignoring } from '@vhive/base/ignoring';
import { filesBelow } from './stamp.ts';

/**
 * Puts the content of the folder `made` in the place of that of the folder `tree`, while `tree` itself stays: running
 * hosts have it mounted, and would see an empty one in place of a folder that was moved or removed. Each file is
 * replaced in one moment, so that no path that both have is ever without a file. A file with the same content stays as
 * it is, with its time and inode, by which others know that they need not read it again. `last` is the path of the file
 * that names the others, and is replaced after them. Both folders must be on one file system; `made` is gone afterwards.
 */
export async function replaceTree(made: string, tree: string, last?: string, signal?: AbortSignal): Promise<void> {
  const files = Object.keys(await filesBelow(made));
  const ordered = [...files.filter((path) => path !== last), ...files.filter((path) => path === last)];
  await mkdir(tree, { recursive: true });
  for (const path of ordered) {
    signal?.throwIfAborted();
    await replaceFile(join(made, path), join(tree, path));
  }
  const kept = new Set(files);
  for (const path of Object.keys(await filesBelow(tree)))
    if (!kept.has(path)) await rm(join(tree, path), { force: true });
  await removeEmptyFolders(tree);
  await rm(made, { recursive: true, force: true });
}

async function replaceFile(from: string, to: string): Promise<void> {
  const there = await lstat(to).catch(ignoring('most files of a first tree are not there'));
  if (there?.isDirectory()) await rm(to, { recursive: true });
  else if (there?.isFile() && (await isSame(from, to))) return;
  await makeFolder(join(to, '..'));
  await rename(from, to);
}

/** Makes a folder, also where the old tree has a file under its name or under that of one above it. */
async function makeFolder(path: string): Promise<void> {
  const there = await lstat(path).catch(ignoring('it is to be made'));
  if (there?.isDirectory()) return;
  if (there !== undefined) await rm(path);
  else await makeFolder(join(path, '..'));
  await mkdir(path);
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([lstat(a), lstat(b)]);
  if (first.ino === second.ino && first.dev === second.dev) return true;
  if (!first.isFile() || first.size !== second.size || first.mode !== second.mode) return false;
  return (await fileDigest(a)) === (await fileDigest(b));
}

/** Removes the folders that hold no file, the given one excepted. */
async function removeEmptyFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    await removeEmptyFolders(path);
    if ((await readdir(path)).length === 0) await rm(path, { recursive: true });
  }
}

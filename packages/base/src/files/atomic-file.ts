import { link, open, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from './make-directory.ts';
import { syncDirectory } from './sync.ts';
import { temporaryBeside } from './temporary-files.ts';

/** What a file is like, apart from its content. */
export interface FileAttributes {
  /** Permission bits, set as they are whatever the umask. Default 0600. */
  mode?: number;
  /** Numeric owner; absent: whoever writes. */
  uid?: number;
  /** Numeric group; absent: that of whoever writes. */
  gid?: number;
  /** Permission bits of parent directories that are missing and have to be made. Default 0700. */
  directoryMode?: number;
}

/**
 * Replaces a file in one step: a reader, a kill or a power failure at any point sees the old content or the new, never
 * a part. The content never has wider rights than `mode` allows, not even for a moment. A symbolic link at the path is
 * replaced itself, not what it points to. Makes missing parent directories.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  attributes: FileAttributes = {},
): Promise<void> {
  const temporary = await writeTemporary(path, data, attributes);
  await renameOrRemove(temporary, path);
}

/** Makes a file with its whole content, or not at all. False when there is one already, which stays as it is. */
export async function createFileAtomic(
  path: string,
  data: string | Uint8Array,
  attributes: FileAttributes = {},
): Promise<boolean> {
  const temporary = await writeTemporary(path, data, attributes);
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(path));
  return true;
}

/** Makes a symbolic link, or replaces what is at the path, in one step. Missing parent directories get mode 0755. */
export async function symlinkAtomic(target: string, path: string): Promise<void> {
  await makeDirectory(dirname(path), 0o755);
  const temporary = temporaryBeside(path);
  await symlink(target, temporary);
  await renameOrRemove(temporary, path);
}

/** Content of a text file; undefined when there is none. Rejects when it is there but cannot be read. */
export async function readFileIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeTemporary(
  path: string,
  data: string | Uint8Array,
  { mode = 0o600, uid, gid, directoryMode = 0o700 }: FileAttributes,
): Promise<string> {
  await makeDirectory(dirname(path), directoryMode);
  const temporary = temporaryBeside(path);
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await file.writeFile(data);
      if (uid !== undefined || gid !== undefined) await file.chown(uid ?? -1, gid ?? -1);
      // After the owner: a change of owner takes set-user-ID bits away.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    // The error of a write that found no room does not say where.
    if (error instanceof Error && !('path' in error)) Object.assign(error, { path });
    throw error;
  }
  return temporary;
}

async function renameOrRemove(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

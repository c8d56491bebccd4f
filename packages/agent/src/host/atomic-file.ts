import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where a file is built before it takes its place: same directory, so that the rename stays on one file system. */
function temporaryBeside(path: string): string {
  return join(dirname(path), `.vhive-${randomBytes(6).toString('hex')}.tmp`);
}

/** Makes names in a directory survive a power failure. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems (overlay, FUSE) cannot sync a directory; the rename itself is still atomic.
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file atomically: a reader sees the old content or the new, never a part, also after a power failure.
 * `mode` is octal text; the file never has wider rights than that, not even for a moment.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  attributes: { mode: string; uid?: number; gid?: number },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const temporary = temporaryBeside(path);
  const mode = Number.parseInt(attributes.mode, 8);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(content);
      if (attributes.uid !== undefined || attributes.gid !== undefined)
        await handle.chown(attributes.uid ?? -1, attributes.gid ?? -1);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Makes a symbolic link, or replaces what is at the path atomically. */
export async function symlinkAtomically(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const temporary = temporaryBeside(path);
  await symlink(target, temporary);
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

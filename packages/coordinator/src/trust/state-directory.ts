import { chmod, mkdir, stat } from 'node:fs/promises';
import { messageOf, VhiveError } from '@vhive/shared';

/**
 * Makes the directory, readable by its owner only. A directory that others can read is closed to them. A directory that
 * belongs to somebody else is refused (code `usage`).
 */
export async function prepareStateDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await stat(directory);
    if (process.getuid !== undefined && found.uid !== process.getuid())
      throw new Error(`it belongs to user ${found.uid}, this process runs as user ${process.getuid()}`);
    if ((found.mode & 0o077) !== 0) await chmod(directory, 0o700);
  } catch (error) {
    throw new VhiveError({
      code: 'usage',
      message: `cannot use the state directory ${directory}: ${messageOf(error)}`,
      hint: 'run as the user it belongs to, or name another with VHIVE_STATE_DIR',
      cause: error,
    });
  }
}

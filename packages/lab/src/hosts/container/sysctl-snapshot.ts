import { constants, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shieldedNetworkSysctls, shieldedSysctlDirectories } from '../../base-tree/early-boot.ts';

/** The paths that are not copied: this one is a file system of its own, which whoever uses it mounts there. */
const excluded = ['fs/binfmt_misc'];

/**
 * Copies those present kernel settings of the machine of which hosts get private copies to `directory`, file by file
 * with the kernel's modes. Settings that can only be written (triggers) become empty files.
 */
export async function snapshotSysctls(directory: string, root = '/proc/sys'): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  for (const shielded of shieldedSysctlDirectories) {
    const entries = await readdir(join(root, shielded), { withFileTypes: true, recursive: true });
    for (const entry of entries) {
      const setting = join(entry.parentPath, entry.name).slice(root.length + 1);
      if (entry.isFile()) await copySetting(setting, root, directory);
      else if (entry.isDirectory()) await mkdir(join(directory, setting), { recursive: true });
    }
  }
  for (const setting of shieldedNetworkSysctls) {
    if (existsSync(join(root, setting))) await copySetting(setting, root, directory);
  }
}

async function copySetting(setting: string, root: string, directory: string): Promise<void> {
  if (excluded.some((path) => setting.startsWith(`${path}/`))) return;
  const [source, target] = [join(root, setting), join(directory, setting)];
  const { mode } = await stat(source);
  await mkdir(dirname(target), { recursive: true });
  // Triggers cannot be read, and some settings refuse even root. A host finds them empty.
  const value = (mode & constants.S_IRUSR) === 0 ? '' : await readFile(source).catch(() => '');
  await writeFile(target, value, { mode: mode & 0o777 });
}

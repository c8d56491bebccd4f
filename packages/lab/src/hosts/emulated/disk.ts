import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTool } from '../../machine/command.ts';
import type { LabNames } from '../../machine/names.ts';
import type { BootableHost, NewDisk } from '../kind.ts';
import { unpackedProgram } from './emulator-tools.ts';
import { bindsFile, settingsFile } from './guest-files.ts';
import { emulatedHostPaths } from './host-paths.ts';
import { imageIn } from './image.ts';
import { noteUser } from './image-users.ts';

/**
 * Makes the disk of an emulated host, on top of the image in the directory `image`, and the files that make it this
 * host and no other. A disk that exists already is kept as it is.
 */
export async function ensureEmulatedDisk(image: string, names: LabNames, disk: NewDisk): Promise<void> {
  const paths = emulatedHostPaths(names, disk.name);
  if (existsSync(paths.disk)) return;
  await mkdir(paths.directory, { recursive: true });
  for (const leftover of [paths.image, paths.seed]) await rm(leftover, { recursive: true, force: true });
  await symlink(image, paths.image);
  await noteUser(image, paths);
  await writeSeed(join(paths.seed, 'first'), {
    '/etc/hostname': `${disk.name}\n`,
    '/etc/machine-id': `${randomBytes(16).toString('hex')}\n`,
    '/etc/hosts': disk.hostsFile,
    // No name server answers at this address, so look-ups end at once instead of waiting for one that cannot be reached.
    '/etc/resolv.conf': `nameserver ${disk.gateway}\n`,
  });
  const { tools, disk: common } = imageIn(image);
  const partial = `${paths.disk}.partial`;
  const create = ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', common, partial];
  await runTool([...unpackedProgram(tools, 'usr/bin/qemu-img'), ...create], {
    doing: `making the disk of ${disk.name}`,
    signal: disk.signal,
  });
  await rename(partial, paths.disk);
}

/** Writes the files that an emulated host takes onto its disk at its next boot: its address and what it is shown. */
export async function writeBootSeed(names: LabNames, host: BootableHost, gateway: string): Promise<void> {
  const { seed } = emulatedHostPaths(names, host.name);
  const binds = host.binds.map(({ target, readOnly }, index) => `${bindTag(index)} ${target} ${cacheOf(readOnly)}\n`);
  await rm(join(seed, 'boot'), { recursive: true, force: true });
  await writeSeed(join(seed, 'boot'), {
    [settingsFile]: `LAB_ADDRESS=${host.address}\nLAB_GATEWAY=${gateway}\n`,
    [bindsFile]: binds.join(''),
  });
}

/** Returns the name by which a host mounts the directory that it is shown with this number. */
export function bindTag(index: number): string {
  return `bind${index}`;
}

/** How a host may remember a directory's files: those that it cannot change are read once. */
function cacheOf(readOnly: boolean): string {
  return readOnly ? 'loose,ro' : 'mmap';
}

async function writeSeed(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: 0o644 });
  }
}

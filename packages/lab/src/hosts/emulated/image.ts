import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { type BaseTree, type CacheContext, ensureBaseTree } from '../../base-tree/base-tree.ts';
import { labLibrary } from '../../base-tree/early-boot.ts';
import { fetchPackages } from '../../base-tree/fetch-packages.ts';
import { runTool } from '../../machine/command.ts';
import { withLock } from '../../machine/lock.ts';
import { unpackPackages } from '../../tree/debian/debian-packages.ts';
import { PrivateApt } from '../../tree/debian/private-apt.ts';
import { writeHostFiles } from '../host-files.ts';
import { emulatorPackages, unpackedProgram } from './emulator-tools.ts';
import { guestFiles } from './guest-files.ts';
import { removeUnusedImages } from './image-users.ts';
import { initScript, makeInitramfs } from './initramfs.ts';

/** This number is raised when the way the image is made changes and the lists and files do not show it. */
const recipeVersion = 2;

/** What a host under emulation has besides the base tree: devices need udev, and `lab exec` an sshd. */
const guestPackages = ['udev', 'openssh-server'] as const;

/** The package that needs the newest kernel of the release. */
const kernelPackage = 'linux-image-amd64';

/** The drivers of hardware that qemu does not emulate for the lab: two thirds of all modules, by size. */
const absentHardware = [
  ...['sound', 'drivers/gpu', 'drivers/media', 'drivers/infiniband', 'drivers/staging', 'drivers/iio'],
  ...['drivers/hwmon', 'drivers/net/wireless', 'drivers/net/ethernet', 'drivers/usb'],
] as const;

/** The size of a host's disk. Only what is written takes space. */
const diskSize = '40G';

/**
 * The files that all emulated hosts are booted from. They are never written to: a host's own disk holds only what
 * differs.
 */
export interface EmulatedImage {
  /** The root of the unpacked packages with qemu and ssh. */
  tools: string;
  kernel: string;
  initramfs: string;
  /** The disk that hosts start with: ext4 with Debian. */
  disk: string;
  /** The private key by which hosts know the lab. */
  key: string;
}

/** Returns the files of the image in a directory. */
export function imageIn(directory: string): EmulatedImage {
  return {
    tools: join(directory, 'tools'),
    kernel: join(directory, 'vmlinuz'),
    initramfs: join(directory, 'initramfs'),
    disk: join(directory, 'disk.ext4'),
    key: join(directory, 'key'),
  };
}

/**
 * Returns the directory with what emulated hosts are made from. It is made from Debian packages the first time (half a
 * minute, 120 MB to download, 1 GB of disk) and whenever the recipe or the base tree has changed; older ones that no host
 * is based on go then. None of the packages is installed on this machine.
 */
export async function ensureEmulatedImage(context: CacheContext): Promise<string> {
  if (process.arch !== 'x64') {
    throw new VhiveError({
      code: 'preflight',
      message: `Emulated hosts are x86-64 machines of Debian, made on an x86-64 machine; this one is ${process.arch}.`,
      hint: 'Containers run here: vhive-coord lab up --hosts 3',
    });
  }
  const base = await ensureBaseTree(context);
  const packages = [guestPackages, emulatorPackages, absentHardware];
  const recipe = [recipeVersion, base.key, packages, guestFiles, initScript, diskSize];
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
  const cache = join(context.cacheDir, 'lab');
  const directory = join(cache, `emulated-${key}`);
  if (existsSync(directory)) return directory;
  return withLock(join(cache, 'emulated.lock'), 'the image of emulated hosts', context, async () => {
    if (existsSync(directory)) return directory;
    await removeUnusedImages(cache);
    context.log('making the image of emulated hosts, once: qemu, a kernel and a disk; this takes about a minute');
    const partial = `${directory}.partial`;
    await mkdir(partial, { mode: 0o700 });
    await makeImage(partial, base, context);
    await rename(partial, directory);
    return directory;
  });
}

async function makeImage(directory: string, base: BaseTree, context: CacheContext): Promise<void> {
  const { signal } = context;
  const image = imageIn(directory);
  const work = join(directory, 'work');
  const tree = join(work, 'tree');
  await fetchEmulator(work, image.tools, context);
  await fetchPackages(base, guestPackages, join(work, 'guest'), context);

  const run = (doing: string, ...argv: [string, ...string[]]) => runTool(argv, { doing, signal });
  await run('copying the base tree', 'cp', '--archive', `${base.directory}/.`, tree);
  // The packages are really installed, because what they do at their installation belongs to a Debian server.
  const packages = (await readdir(join(work, 'guest'))).filter((name) => name.endsWith('.deb')).toSorted();
  const files = packages.map((name) => join(work, 'guest', name));
  await run('installing the packages of emulated hosts', 'dpkg', '--root', tree, '--install', ...files);

  const [release = ''] = await readdir(join(work, 'kernel/lib/modules'));
  const modules = join(tree, 'usr/lib/modules');
  await rename(join(work, 'kernel/lib/modules'), modules);
  for (const drivers of absentHardware) await rm(join(modules, release, 'kernel', drivers), { recursive: true });
  await run('listing kernel modules', 'chroot', tree, 'depmod', release);
  await cp(join(work, 'kernel/boot', `vmlinuz-${release}`), image.kernel);
  // kubeadm looks up there what the kernel can do, as in any Debian, and refuses a host that has no such file.
  await cp(join(work, 'kernel/boot', `config-${release}`), join(tree, 'boot', `config-${release}`));
  const busybox = join(image.tools, 'bin/busybox');
  await makeInitramfs(busybox, join(modules, release), join(work, 'initramfs'), image.initramfs);

  await writeHostFiles(tree, guestFiles);
  const keygen = unpackedProgram(image.tools, 'usr/bin/ssh-keygen');
  const makeKey = (file: string) =>
    run('making a key', ...keygen, '-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file);
  await makeKey(image.key);
  await makeKey(join(tree, labLibrary, 'host_key'));
  await cp(`${image.key}.pub`, join(tree, labLibrary, 'authorized_keys'));
  for (const leftover of ['etc/machine-id', 'etc/hostname']) await rm(join(tree, leftover), { force: true });
  const lazy = 'lazy_itable_init=1,lazy_journal_init=1';
  await run('making the disk', 'mkfs.ext4', '-q', '-E', lazy, '-d', tree, image.disk, diskSize);
  await chmod(image.disk, 0o400);
  await rm(work, { recursive: true });
}

/** Unpacks qemu and ssh with all their libraries to `tools`, and the kernel to `kernel` in the working directory. */
async function fetchEmulator(work: string, tools: string, { log, signal }: CacheContext): Promise<void> {
  const apt = new PrivateApt(join(work, 'apt'), log, signal);
  await apt.update();
  await apt.downloadWithDependencies(emulatorPackages, join(work, 'emulator'));
  await unpackPackages(join(work, 'emulator'), tools, signal);
  await apt.download([kernelPackage], join(work, 'kernel-name'));
  const [named = ''] = await readdir(join(work, 'kernel-name'));
  const fields = ['dpkg-deb', '--field', join(work, 'kernel-name', named), 'Depends'] as const;
  const [kernel = ''] = (await runTool(fields, { doing: 'looking up the kernel', signal })).split(/[\s(]/, 1);
  await apt.download([kernel], join(work, 'kernel-package'));
  await unpackPackages(join(work, 'kernel-package'), join(work, 'kernel'), signal);
  await apt.forgetLists();
}

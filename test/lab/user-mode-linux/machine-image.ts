import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BaseTree, type CacheContext, ensureBaseTree, removeOthers } from '@vhive/lab/base-tree/base-tree';
import { runTool } from '@vhive/lab/machine/command';
import { withLock } from '@vhive/lab/machine/lock';
import { installPrerequisites } from '@vhive/lab/machine/prerequisites';
import { PrivateApt } from '@vhive/lab/tree/debian/private-apt';
import { execa } from 'execa';
import { diskFiles, maskingLinks } from './disk-files.ts';

/** This number is raised when the way the image is made changes and the lists and files do not show it. */
const recipeVersion = 1;

/** The package with Linux as a program, and its modules. */
const kernelPackages = ['user-mode-linux'];

/** The packages that a Debian server has besides the lab's base tree, and those that thin pools need. */
const diskPackages = [...['udev', 'libudev1', 'dmsetup', 'libdevmapper1.02.1', 'thin-provisioning-tools', 'libaio1']];

/**
 * The files from which a machine with a kernel of its own is booted. All machines share them, so they are never written
 * to.
 */
export interface MachineImage {
  /** The kernel, which is a program of this machine. */
  kernel: string;
  /** The disk: ext4 with Debian, 1 GiB. */
  disk: string;
}

/**
 * Makes kernel and disk from Debian packages the first time (this takes half a minute and downloads 45 MB) and whenever
 * the recipe or the base tree has changed. None of these packages is installed on this machine.
 */
export async function ensureMachineImage(context: CacheContext): Promise<MachineImage> {
  const cache = join(context.cacheDir, 'lab');
  await mkdir(cache, { recursive: true });
  await installPrerequisites(context.log, context.signal);
  const base = await ensureBaseTree(context);
  const recipe = [recipeVersion, base.key, kernelPackages, diskPackages, maskingLinks, diskFiles];
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
  const directory = join(cache, `own-machine-${key}`);
  const image = { kernel: join(directory, 'linux.uml'), disk: join(directory, 'disk.ext4') };
  if (existsSync(directory)) return image;
  return withLock(join(cache, 'own-machine.lock'), 'the machine with a kernel of its own', context, async () => {
    if (existsSync(directory)) return image;
    await removeOthers(cache, 'own-machine-');
    context.log('making a machine with a kernel of its own (User Mode Linux), once');
    const partial = `${directory}.partial`;
    await mkdir(partial);
    await makeImage(partial, base, context);
    await rename(partial, directory);
    return image;
  });
}

async function makeImage(directory: string, base: BaseTree, { log, signal }: CacheContext): Promise<void> {
  const work = join(directory, 'work');
  const [kernelFiles, packages, tree] = ['kernel', 'packages', 'tree'].map((name) => join(work, name)) as [
    ...[string, string, string],
  ];
  const apt = new PrivateApt(join(work, 'apt'), log, signal);
  await apt.update();
  await apt.download(kernelPackages, join(work, 'kernel-package'));
  await apt.download(diskPackages, packages);
  await apt.forgetLists();

  const run = (doing: string, ...argv: [string, ...string[]]) => runTool(argv, { doing, signal });
  for (const file of await filesOf(join(work, 'kernel-package')))
    await run('unpacking the kernel', 'dpkg-deb', '--extract', file, kernelFiles);
  // The contents of the base tree are copied, even where it is reached by a link, because the tree itself must never be
  // written to.
  await run('copying the base tree', 'cp', '--archive', `${base.directory}/.`, tree);
  // The packages are really installed, because what they do at their installation belongs to a Debian server.
  const install = ['--root', tree, '--install', ...(await filesOf(packages))];
  await run(`installing ${diskPackages.join(', ')} on the disk`, 'dpkg', ...install);
  await cp(join(kernelFiles, 'usr/lib/uml/modules'), join(tree, 'usr/lib/modules'), { recursive: true });
  for (const path of maskingLinks) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await symlink('/dev/null', join(tree, path));
  }
  for (const [path, text] of Object.entries(diskFiles)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const disk = join(directory, 'disk.ext4');
  const lazy = 'lazy_itable_init=0,lazy_journal_init=0';
  await run('making the disk', 'mkfs.ext4', '-q', '-E', lazy, '-d', tree, disk, '1G');
  await rename(join(kernelFiles, 'usr/bin/linux.uml'), join(directory, 'linux.uml'));
  await rm(work, { recursive: true });
}

async function filesOf(directory: string): Promise<string[]> {
  const { stdout } = await execa('find', [directory, '-name', '*.deb']);
  return stdout.split('\n').filter(Boolean).toSorted();
}

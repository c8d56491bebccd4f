import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseTree } from '../../base-tree/base-tree.ts';
import { labLibrary } from '../../base-tree/early-boot.ts';
import { runTool } from '../../machine/command.ts';
import { type LabNames, labHostNames } from '../../machine/names.ts';
import { writeHostFiles } from '../host-files.ts';
import type { NewDisk } from '../kind.ts';
import { containerFiles } from './container-files.ts';
import { snapshotSysctls } from './sysctl-snapshot.ts';

/**
 * Makes a host's own copy of the base tree, with its name and machine id. A copy that exists already is kept as it is.
 */
export async function ensureHostTree(base: BaseTree, names: LabNames, disk: NewDisk): Promise<void> {
  const { name: host, gateway, signal } = disk;
  const { directory, tree } = labHostNames(names, host);
  const hasTree = await access(tree).then(
    () => true,
    () => false,
  );
  if (hasTree) return;
  await mkdir(directory, { recursive: true });
  const partial = `${tree}.partial`;
  await rm(partial, { recursive: true, force: true });
  await runTool(['setpriv', '--pdeathsig=KILL', 'cp', '--archive', '--reflink=auto', base.directory, partial], {
    doing: `copying the base tree for ${host}`,
    hint: `Is there room on the disk? df ${directory}`,
    signal,
  });
  await writeHostFiles(partial, containerFiles);
  await writeFile(join(partial, 'etc/hosts'), disk.hostsFile);
  await writeFile(join(partial, 'etc/hostname'), `${host}\n`);
  await writeFile(join(partial, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`, { mode: 0o444 });
  // No name server answers at this address, so look-ups end at once instead of waiting for one that cannot be reached.
  await writeFile(join(partial, 'etc/resolv.conf'), `nameserver ${gateway}\n`);
  await snapshotSysctls(join(partial, labLibrary, 'sysctl'));
  await rename(partial, tree);
}

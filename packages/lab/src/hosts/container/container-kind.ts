import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { ignoring } from '@vhive/base/ignoring';
import pLimit from 'p-limit';
import { ensureBaseTree } from '../../base-tree/base-tree.ts';
import { labHostNames } from '../../machine/names.ts';
import { setHostLink } from '../../machine/network.ts';
import { leaderOf } from '../../machine/process.ts';
import type { HostKind } from '../kind.ts';
import { execInContainer } from './container-exec.ts';
import { ensureHostTree } from './host-tree.ts';
import { startContainer } from './nspawn.ts';

/** The number of copies of the base tree that are made at the same time. More would only make the disk seek. */
const parallelCopies = 4;

/** Hosts that are systemd-nspawn containers on the machine's kernel, each with a copy of the base tree. */
export const containerKind: HostKind = {
  bootLimit: 120_000,
  async prepare(context) {
    const base = await ensureBaseTree(context);
    const copies = pLimit(parallelCopies);
    return (names, disk) => copies(() => ensureHostTree(base, names, disk));
  },
  diskOf: (names, host) => labHostNames(names, host).tree,
  start: startContainer,
  leaderOf,
  async bootOf({ leaderPid }) {
    // systemctl gets an answer once the private socket of systemd exists.
    return existsSync(`/proc/${leaderPid}/root/run/systemd/private`) ? String(leaderPid) : undefined;
  },
  exec: execInContainer,
  readFile: ({ tree }, path) => readFile(join(tree, path), 'utf8').catch(ignoring('there is no such file')),
  async writeFile({ tree }, path, text, mode) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFileAtomic(join(tree, path), text, { mode });
  },
  setLink: setHostLink,
};

import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseTree } from '../base-tree/base-tree.ts';
import { labLibrary } from '../base-tree/early-boot.ts';
import { runTool } from '../machine/command.ts';
import { type LabNames, labHostNames } from '../machine/names.ts';
import { writeHostFiles } from './host-files.ts';
import { snapshotSysctls } from './sysctl-snapshot.ts';

/**
 * Makes a host's own copy of the base tree, with its name and machine id. A copy that exists already is kept as it is.
 */
export async function ensureHostTree(
  names: LabNames,
  host: string,
  context: { base: BaseTree; gateway: string; signal?: AbortSignal | undefined },
): Promise<string> {
  const { directory, tree } = labHostNames(names, host);
  const hasTree = await access(tree).then(
    () => true,
    () => false,
  );
  if (hasTree) return tree;
  await mkdir(directory, { recursive: true });
  const partial = `${tree}.partial`;
  await rm(partial, { recursive: true, force: true });
  await runTool(['setpriv', '--pdeathsig=KILL', 'cp', '--archive', '--reflink=auto', context.base.directory, partial], {
    doing: `copying the base tree for ${host}`,
    hint: `Is there room on the disk? df ${directory}`,
    signal: context.signal,
  });
  await writeHostFiles(partial);
  await writeFile(join(partial, 'etc/hostname'), `${host}\n`);
  await writeFile(join(partial, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`, { mode: 0o444 });
  // No name server answers at this address, so look-ups end at once instead of waiting for one that cannot be reached.
  await writeFile(join(partial, 'etc/resolv.conf'), `nameserver ${context.gateway}\n`);
  await snapshotSysctls(join(partial, labLibrary, 'sysctl'));
  await rename(partial, tree);
  return tree;
}

const [begin, end] = ['# hosts of the lab', '# end of the hosts of the lab'];

/** Brings the lab's lines in a host's /etc/hosts up to date and leaves all other lines alone. */
export async function writeHostsFile(tree: string, hosts: readonly { name: string; address: string }[]): Promise<void> {
  const file = join(tree, 'etc/hosts');
  const present = await readFile(file, 'utf8').catch(() => '');
  const text = withLabHosts(present, hosts);
  if (text === present) return;
  await writeFile(`${file}.lab`, text, { mode: 0o644 });
  await rename(`${file}.lab`, file);
}

/**
 * Returns the text of an /etc/hosts file with the lab's lines replaced. An empty file also gets the lines that a Debian
 * machine starts with.
 */
export function withLabHosts(text: string, hosts: readonly { name: string; address: string }[]): string {
  const lines = text.split('\n');
  const [from, to] = [lines.indexOf(begin), lines.indexOf(end)];
  const others = from >= 0 && to > from ? [...lines.slice(0, from), ...lines.slice(to + 1)] : lines;
  const kept = others.join('\n').trimEnd() || '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback';
  return `${kept}\n${begin}\n${hosts.map((host) => `${host.address} ${host.name}\n`).join('')}${end}\n`;
}

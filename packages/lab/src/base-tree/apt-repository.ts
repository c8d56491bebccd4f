import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import pLimit from 'p-limit';
import { runTool } from '../machine/command.ts';
import { withLock } from '../machine/lock.ts';
import { type BaseTree, type CacheContext, removeOthers } from './base-tree.ts';
import { fetchPackages } from './fetch-packages.ts';
import { labRelease } from './machine-apt.ts';

/** Everything that the product may install on a host by apt. The packages that these depend on are fetched as well. */
const repositoryPackages = [
  ...['curl', 'ca-certificates', 'tmux', 'apt-transport-https', 'gcc', 'g++', 'make', 'acl', 'net-tools', 'git-lfs'],
  ...['bc', 'gettext-base', 'jq', 'dmsetup', 'gnupg', 'iproute2', 'nftables', 'btrfs-progs', 'pkg-config'],
  ...['libseccomp2', 'unzip', 'tar', 'socat', 'util-linux', 'iptables', 'ebtables', 'ethtool', 'conntrack', 'ipset'],
  ...['apparmor', 'chrony', 'git', 'thin-provisioning-tools', 'e2fsprogs', 'rsync', 'sudo', 'fuse3', 'docker-registry'],
] as const;

const recipeVersion = 2;

/**
 * Makes a flat package repository from which hosts install without a network. It holds {@link repositoryPackages} and
 * everything that they need on top of the base tree, fetched once by the machine's own apt. Returns its directory.
 */
export async function ensureAptRepository(base: BaseTree, context: CacheContext): Promise<string> {
  const recipe = JSON.stringify([recipeVersion, base.key, repositoryPackages]);
  const key = sha256(Buffer.from(recipe)).slice(0, 12);
  const cache = join(context.cacheDir, 'lab');
  const directory = join(cache, `apt-${key}`);
  const isFinished = () => existsSync(join(directory, 'Packages'));
  if (isFinished()) return directory;
  return withLock(join(cache, 'apt.lock'), 'the package repository of the lab', context, async () => {
    if (isFinished()) return directory;
    await removeOthers(cache, 'apt-');
    context.log('fetching the packages that lab hosts install from, once');
    const partial = `${directory}.partial`;
    await fetchPackages(base, repositoryPackages, partial, context);
    await writeIndex(partial);
    await rename(partial, directory);
    return directory;
  });
}

/** Writes `Packages`, `Packages.gz` and `Release` as apt-ftparchive would, from the control data of each package. */
async function writeIndex(directory: string): Promise<void> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.deb')).sort();
  const limit = pLimit(4);
  const stanzas = await limit.map(files, async (name) => {
    const path = join(directory, name);
    const control = await runTool(['dpkg-deb', '--field', path], { doing: `reading ${name}` });
    const content = await readFile(path);
    return `${control.trim()}\nFilename: ./${name}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`;
  });
  const index = Buffer.from(stanzas.join('\n'));
  const compressed = await promisify(gzip)(index);
  await writeFile(join(directory, 'Packages.gz'), compressed);
  const sums = [`${sha256(compressed)} ${compressed.length} Packages.gz`, `${sha256(index)} ${index.length} Packages`];
  const header = `Origin: lab\nLabel: lab\nSuite: ${labRelease}\nCodename: ${labRelease}\nDate: ${new Date().toUTCString()}`;
  await writeFile(join(directory, 'Release'), `${header}\nSHA256:\n ${sums.join('\n ')}\n`);
  await writeFile(join(directory, 'Packages'), index);
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

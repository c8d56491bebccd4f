import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import pLimit from 'p-limit';
import { runTool } from '../machine/command.ts';
import { withLock } from '../machine/lock.ts';
import { aptSourceLine, parseAptSources } from './apt-sources.ts';
import { type BaseTree, type CacheContext, debootstrapSources, removeOthers } from './base-tree.ts';
import { labRelease, machineDebianSources } from './machine-apt.ts';

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
    await fetchPackages(base, partial, context);
    await writeIndex(partial);
    await rename(partial, directory);
    return directory;
  });
}

/** Lets the machine's apt, with its proxies and certificates, fetch the packages as if it ran in the base tree. */
async function fetchPackages(base: BaseTree, directory: string, context: CacheContext): Promise<void> {
  const work = join(directory, 'work');
  await mkdir(join(work, 'lists/partial'), { recursive: true });
  await mkdir(join(directory, 'partial'), { recursive: true });
  const machine = await machineDebianSources();
  // On a machine that does not run Debian, the archive is used from which debootstrap got the tree.
  const sources =
    machine.length > 0
      ? machine
      : parseAptSources('', await readFile(join(base.directory, debootstrapSources), 'utf8'));
  await writeFile(join(work, 'sources.list'), `${sources.map(aptSourceLine).join('\n')}\n`);
  const options = [
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::State::status=${join(base.directory, 'var/lib/dpkg/status')}`,
    `Dir::State::extended_states=${join(work, 'extended_states')}`,
    `Dir::Etc::SourceList=${join(work, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    `Dir::Etc::TrustedParts=${join(base.directory, 'etc/apt/trusted.gpg.d')}`,
    `Dir::Cache=${work}`,
    `Dir::Cache::Archives=${directory}`,
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=root',
    'APT::Get::AllowUnauthenticated=false',
    'Debug::NoLocking=true',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  const hint = 'Does apt-get update work on this machine? The lab fetches from the same archive.';
  const settings = { doing: 'fetching packages for the lab hosts', hint, signal: context.signal };
  await runTool(['apt-get', ...options, 'update'], settings);
  await runTool(['apt-get', ...options, '--yes', '--download-only', 'install', ...repositoryPackages], settings);
  for (const leftover of ['work', 'partial', 'lock'])
    await rm(join(directory, leftover), { recursive: true, force: true });
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

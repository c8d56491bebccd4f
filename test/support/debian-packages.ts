import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '@vhive/base/files/file-lock';
import { execa } from 'execa';

const CACHE = join(import.meta.dirname, '../../.cache/debian-packages');

/**
 * Unpacks Debian packages of the machine's own package sources into a folder. Nothing is installed, and no root is
 * needed.
 *
 * @param also whether a package that an installation of the wanted ones would bring here is unpacked beside them
 * @throws Error of apt or dpkg, with what they said
 */
export async function unpackDebianPackages(
  wanted: readonly string[],
  also: (name: string) => boolean,
  folder: string,
): Promise<void> {
  const archives = `${folder}.archives`;
  await mkdir(archives, { recursive: true });
  const options = await aptOptions();
  const plan = await execa('apt-get', [...options, 'install', '--simulate', '--no-install-recommends', ...wanted]);
  const brought = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  const names = new Set([...wanted, ...brought.filter(also)]);
  await execa('apt-get', [...options, 'download', ...names], { cwd: archives });
  for (const archive of await readdir(archives)) await execa('dpkg', ['-x', join(archives, archive), folder]);
  await rm(archives, { recursive: true });
}

/**
 * Returns the options with which apt knows the packages of the machine's sources. A new machine has no package lists
 * yet. They are then fetched once, into the repository's cache.
 */
async function aptOptions(): Promise<string[]> {
  if (await hasLists('/var/lib/apt/lists')) return [];
  const lists = join(CACHE, 'lists');
  const options = [
    ...['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${join(CACHE, 'cache')}`],
    // apt's own user cannot write into the repository.
    ...['-o', 'APT::Sandbox::User=root'],
  ];
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(CACHE, 'cache/archives/partial'), { recursive: true });
  await withFileLock(join(CACHE, 'lists.lock'), async () => {
    if (!(await hasLists(lists))) await execa('apt-get', [...options, 'update']);
  });
  return options;
}

async function hasLists(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.some((name) => /_Packages(\.\w+)?$/.test(name));
}

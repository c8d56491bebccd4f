import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';

/** The Debian versions of packages, by name. */
export type PackageVersions = Readonly<Record<string, string>>;

/** Returns the .deb files of a folder, sorted. */
async function debFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => name.endsWith('.deb'))
    .toSorted()
    .map((name) => join(directory, name));
}

/** Reads the name and version of each package in a folder of .deb files from the packages themselves. */
export async function packageVersions(directory: string, signal?: AbortSignal): Promise<PackageVersions> {
  const versions: Record<string, string> = {};
  for (const file of await debFiles(directory)) {
    const args = ['--field', file, 'Package', 'Version'];
    const fields = await runCommand('dpkg-deb', args, { purpose: `reading ${file}`, signal });
    const name = /^Package: (\S+)$/m.exec(fields)?.[1];
    const version = /^Version: (\S+)$/m.exec(fields)?.[1];
    if (name !== undefined && version !== undefined) versions[name] = version;
  }
  return versions;
}

/** Unpacks every .deb file of `directory` over `target`, without running any maintainer script. */
export async function unpackPackages(directory: string, target: string, signal?: AbortSignal): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const file of await debFiles(directory)) {
    await runCommand('dpkg-deb', ['--extract', file, target], { purpose: `unpacking ${file}`, signal });
  }
}

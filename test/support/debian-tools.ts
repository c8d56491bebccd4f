import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withFileLock } from '@vhive/base/files/file-lock';
import { execa } from 'execa';
import { unpackDebianPackages } from './debian-packages.ts';

/** The directories of root's programs, which are not in everybody's PATH. */
const SBIN = '/usr/local/sbin:/usr/sbin:/sbin';
const CACHE = join(import.meta.dirname, '../../.cache/debian-tools');

/** The programs, as folders for PATH, or the reason why they cannot be had on this machine. */
export type DebianTools = { path: string } | { missing: string };

/** Makes the title of tests that need tools. Where the tests are skipped, the title says why. */
export function needing(tools: object, title: string): string {
  return 'missing' in tools ? `${title} (skipped: ${tools.missing})` : title;
}

/**
 * Finds programs of Debian packages for tests: installed ones, otherwise those of the machine's own package sources,
 * which are unpacked once into the repository's cache with the libraries that they need. Nothing is installed, and no
 * root is needed.
 */
export async function debianTools(packages: Readonly<Record<string, string>>): Promise<DebianTools> {
  const programs = Object.keys(packages);
  const env = { PATH: [process.env.PATH, SBIN].join(delimiter) };
  const there = await Promise.all(programs.map((program) => execa('which', [program], { reject: false, env })));
  if (there.every(({ exitCode }) => exitCode === 0)) return { path: SBIN };
  const directory = join(CACHE, Object.values(packages).sort().join('+'));
  const bin = join(directory, 'bin');
  try {
    await mkdir(CACHE, { recursive: true });
    await withFileLock(`${directory}.lock`, () => unpackOnce(packages, directory));
  } catch (error) {
    return { missing: `no ${programs.join(', ')} here: ${error instanceof Error ? error.message : error}` };
  }
  return { path: bin };
}

async function unpackOnce(packages: Readonly<Record<string, string>>, directory: string): Promise<void> {
  if ((await readdir(directory).catch((): string[] => [])).includes('bin')) return;
  const scratch = `${directory}.new`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  await unpackDebianPackages(Object.values(packages), (name) => name.startsWith('lib'), join(scratch, 'tree'));
  const libraries = await execa('find', [join(scratch, 'tree'), '-type', 'd', '-name', '*-linux-gnu']);
  const inPlace = (path: string) => path.replace(scratch, directory);
  const folders = libraries.stdout.split('\n').filter(Boolean).map(inPlace).join(':');
  await mkdir(join(scratch, 'programs'));
  for (const program of Object.keys(packages)) {
    const found = await execa('find', [join(scratch, 'tree'), '-path', `*bin/${program}`, '-type', 'f']);
    const [file] = found.stdout.split('\n').filter(Boolean);
    if (file === undefined) throw new Error(`its package has no program ${program}`);
    const script = `#!/bin/sh\nLD_LIBRARY_PATH='${folders}' exec '${inPlace(file)}' "$@"\n`;
    await writeFile(join(scratch, 'programs', program), script);
    await chmod(join(scratch, 'programs', program), 0o755);
  }
  await rename(join(scratch, 'programs'), join(scratch, 'bin'));
  await rm(directory, { recursive: true, force: true });
  await rename(scratch, directory);
}

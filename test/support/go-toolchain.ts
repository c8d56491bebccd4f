import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '@vhive/base/files/file-lock';
import { execa } from 'execa';
import { unpackDebianPackages } from './debian-packages.ts';

const UNPACKED = join(import.meta.dirname, '../../.cache/go');

/** A real Go that is there, by its GOROOT; or why it cannot be had here. */
export type GoToolchain = { root: string } | { missing: string };

/** The Go of this machine, else Debian's, unpacked once into the repository's cache. Nothing is installed. */
export async function goToolchain(): Promise<GoToolchain> {
  const own = await execa('go', ['env', 'GOROOT'], { reject: false, env: { GOTOOLCHAIN: 'local' } });
  if (own.exitCode === 0 && own.stdout !== '') return { root: own.stdout };
  try {
    await mkdir(join(UNPACKED, '..'), { recursive: true });
    await withFileLock(`${UNPACKED}.lock`, unpackOnce);
    const [version] = await readdir(join(UNPACKED, 'usr/lib'));
    if (version === undefined) return { missing: 'no Go here: Debian’s package has none' };
    return { root: join(UNPACKED, 'usr/lib', version) };
  } catch (error) {
    return { missing: `no Go here: ${error instanceof Error ? error.message : error}` };
  }
}

async function unpackOnce(): Promise<void> {
  if ((await readdir(UNPACKED).catch((): string[] => [])).includes('usr')) return;
  const scratch = `${UNPACKED}.new`;
  await rm(scratch, { recursive: true, force: true });
  // golang-go itself is but names in /usr/bin: the compiler and the standard library come with it.
  await unpackDebianPackages(['golang-go'], (name) => /^golang-[\d.]+-(?:go|src)$/.test(name), scratch);
  await rm(UNPACKED, { recursive: true, force: true });
  await rename(scratch, UNPACKED);
}

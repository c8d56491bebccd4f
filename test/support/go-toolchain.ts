import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '@vhive/base/files/file-lock';
import { execa } from 'execa';
import { unpackDebianPackages } from './debian-packages.ts';

const UNPACKED = join(import.meta.dirname, '../../.cache/go');

/** A real Go by its GOROOT, or the reason why none can be had on this machine. */
export type GoToolchain = { root: string } | { missing: string };

/**
 * Finds the Go of this machine, otherwise Debian's, which is unpacked once into the repository's cache. Nothing is
 * installed.
 */
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
  // The package golang-go only has names in /usr/bin. The compiler and the standard library come with packages that it
  // needs.
  await unpackDebianPackages(['golang-go'], (name) => /^golang-[\d.]+-(?:go|src)$/.test(name), scratch);
  await rm(UNPACKED, { recursive: true, force: true });
  await rename(scratch, UNPACKED);
}

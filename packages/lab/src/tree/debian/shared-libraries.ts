import { open } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { VhiveError } from '@vhive/shared';
import type { Architecture } from '../architecture.ts';
import { runCommand } from '../command.ts';

/** A file and its path in an image, without the first slash. */
export interface ImageFile {
  readonly source: string;
  readonly target: string;
}

/** The bytes with which every ELF file starts, and so every dynamically linked program or library. */
const elfMagic = Buffer.from('\x7fELF', 'latin1');

/**
 * Returns the shared libraries that a file needs, the libraries that these need, and the loader itself, all from the
 * same unpacked tree. There are none for a file that is not ELF or is linked statically. The tree's own loader is
 * asked, so its answer is what happens when the program starts; nothing of the machine's libraries is used.
 *
 * @param file path of the program or library
 * @param root the tree with the libraries: a root file system, as unpacked packages make one
 */
export async function sharedLibraries(
  file: string,
  root: string,
  architecture: Architecture,
  signal?: AbortSignal,
): Promise<ImageFile[]> {
  if (!(await isDynamic(file))) return [];
  // The interpreter's name is an absolute link, which outside a chroot would lead to the machine's own loader.
  const loader = join(root, 'lib', architecture.libraryFolder, basename(architecture.interpreter));
  const folders = ['lib', 'usr/lib'].map((folder) => join(root, folder, architecture.libraryFolder));
  const args = ['--inhibit-cache', '--library-path', folders.join(':'), '--list', file];
  const listing = await runCommand(loader, args, { purpose: `finding the libraries of ${file}`, signal });
  const libraries: ImageFile[] = [{ source: loader, target: architecture.interpreter }];
  for (const { name, path } of parseLoaderListing(listing)) {
    if (basename(name) === basename(architecture.interpreter)) continue; // it was added above, under the name that programs use
    const target = path === undefined ? '..' : relative(root, path);
    if (path === undefined || target.startsWith('..')) {
      throw new VhiveError({ code: 'internal', message: `${file} needs ${name}, which is not in ${root}.` });
    }
    libraries.push({ source: path, target });
  }
  return libraries;
}

/** One line of what `ld.so --list` prints: the name by which a library is asked for, and where it was found. */
export interface LoaderEntry {
  readonly name: string;
  readonly path: string | undefined;
}

/** Reads the output of `ld.so --list`, which has the format of ldd. The kernel's own vdso is left out. */
export function parseLoaderListing(listing: string): LoaderEntry[] {
  const entries: LoaderEntry[] = [];
  for (const line of listing.split('\n')) {
    const { name, path } = /^\s*(?<name>\S+)(?: => (?<path>\/\S+|not found))?/.exec(line)?.groups ?? {};
    if (name === undefined || name.startsWith('linux-vdso') || name === 'statically') continue;
    const found = path ?? (name.startsWith('/') ? name : undefined);
    entries.push({ name, path: found === 'not found' ? undefined : found });
  }
  return entries;
}

/** Tells whether a file is ELF with a dynamic section. The loader refuses anything else. */
async function isDynamic(file: string): Promise<boolean> {
  await using handle = await open(file);
  const header = Buffer.alloc(64);
  await handle.read(header, 0, header.length, 0);
  if (!header.subarray(0, 4).equals(elfMagic)) return false;
  // The program headers of a 64-bit ELF file are described at
  // https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html
  const [offset, size, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = Buffer.alloc(size * count);
  await handle.read(table, 0, table.length, offset);
  const dynamicSection = 2;
  return Array.from({ length: count }, (_, index) => table.readUInt32LE(index * size)).includes(dynamicSection);
}

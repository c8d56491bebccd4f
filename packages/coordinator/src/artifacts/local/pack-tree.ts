import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { create } from 'tar';

/** The folders on the top of a tree that are not packed: history, and the large files, which are taken one by one. */
const leftOut = ['.git', 'bin'];

/**
 * Packs a folder as GitHub packs a repository: gzipped, with one folder on top. The same content gives the same bytes,
 * whatever its times and owners are.
 */
export async function packTree(tree: string, file: string): Promise<void> {
  const parent = dirname(tree);
  const entries = (await readdir(tree)).filter((name) => !leftOut.includes(name));
  const paths = await Promise.all(
    entries.map(async (name) => {
      const below = await readdir(join(tree, name), { recursive: true, withFileTypes: true }).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOTDIR') throw error;
          return undefined;
        },
      );
      const files = below?.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
      return (files ?? [join(tree, name)]).map((path) => join(basename(tree), relative(tree, path)));
    }),
  );
  const options = { file, cwd: parent, gzip: true, portable: true, mtime: new Date(0), noDirRecurse: true };
  await create(options, paths.flat().sort());
}

import { join } from 'node:path';
import { FileAbsentError } from './file-absent.ts';
import { localFile } from './local-file.ts';
import { type Mirror, mirrorPath } from './mirror-tree.ts';
import type { Source } from './source.ts';
import { webFile } from './web-file.ts';

/**
 * Returns the sources from which to take the file of a URL, in the order in which to try them. A mirror tree replaces
 * the internet, so nothing is taken from the internet when there is one. An optional file is one that only mirror trees
 * have, so without a mirror tree there is no source of it.
 */
export function sourcesOf(
  { url, optional = false }: { url: string; optional?: boolean },
  mirror: Mirror | undefined,
): Source[] {
  if (mirror) return [fileOfMirror(mirrorPath(url), mirror)];
  return optional ? [] : [webFile(url)];
}

/** A file of a mirror tree, by its path from the root of the tree. */
export function fileOfMirror(path: string, mirror: Mirror): Source {
  if (mirror.type === 'directory') return localFile(join(mirror.root, path));
  return webFile(`${mirror.base}/${path.split('/').map(encodeURIComponent).join('/')}`, { direct: true });
}

/**
 * Returns what `take` returns for the first source that has the file. When no source has it, the FileAbsentError of the
 * last one is thrown. Any other error is thrown at once. The result is undefined when there is no source.
 */
export async function fromFirst<Result>(
  sources: readonly Source[],
  take: (source: Source) => Promise<Result>,
): Promise<Result | undefined> {
  let absent: FileAbsentError | undefined;
  for (const source of sources)
    try {
      return await take(source);
    } catch (error) {
      if (!(error instanceof FileAbsentError)) throw error;
      absent = error;
    }
  if (absent) throw absent;
  return undefined;
}

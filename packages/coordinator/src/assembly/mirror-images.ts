import { imagesForAll } from '@vhive/base/image-index';
import { readImageIndex } from '../artifacts/images/read-image-index.ts';
import { parseMirror } from '../artifacts/sources/mirror-tree.ts';

/**
 * Lists the container images that a mirror tree (a directory or URL) has for all of these architectures. Throws when
 * the tree cannot be read.
 */
export async function mirrorImages(mirror: string, arches: readonly string[], signal: AbortSignal): Promise<string[]> {
  return imagesForAll(await readImageIndex(parseMirror(mirror), signal), arches);
}

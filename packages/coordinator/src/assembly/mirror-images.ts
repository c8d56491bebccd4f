import { imagesForAll } from '@vhive/base/image-index';
import { readImageIndex } from '../artifacts/images/read-image-index.ts';
import { parseMirror } from '../artifacts/sources/mirror-tree.ts';

/**
 * Lists the container images that a mirror tree (a directory or URL) has for all of these architectures, and those of
 * them that can be passed on under their publishers' digests. Throws when the tree cannot be read.
 */
export async function mirrorImages(
  mirror: string,
  arches: readonly string[],
  signal: AbortSignal,
): Promise<{ mirrorImages: string[]; publishedImages: string[] }> {
  const index = await readImageIndex(parseMirror(mirror), signal);
  const published = index.filter(({ asPublished }) => asPublished === true);
  return { mirrorImages: imagesForAll(index, arches), publishedImages: imagesForAll(published, arches) };
}

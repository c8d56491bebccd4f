import type { MirroredImage } from '@vhive/base/image-index';
import { imageArchivePath } from '@vhive/shared';
import type { ArtifactSources } from '../artifact-fetch.ts';
import type { Source } from '../sources/source.ts';
import { fileOfMirror } from '../sources/sources-of.ts';
import { archiveArchitecture } from './archive-architecture.ts';
import { readImageIndex } from './read-image-index.ts';

/** An image's archive in a mirror tree. */
export interface MirroredArchive {
  source: Source;
  /** What the index of the mirror tree says of it, where it has an index. */
  entry: MirroredImage | undefined;
}

/**
 * Finds the archive of an image in the mirror tree, by its index or otherwise by its name. The result is undefined when
 * the tree has none, or when there is no mirror tree. A mirror tree for one architecture other than amd64 may have
 * archives without the architecture in their names.
 */
export async function findInMirror(
  { ref, arch }: { ref: string; arch: string },
  { mirror }: Pick<ArtifactSources, 'mirror'>,
  signal: AbortSignal,
): Promise<MirroredArchive | undefined> {
  if (!mirror) return undefined;
  const index = await readImageIndex(mirror, signal);
  const entry = index.find((image) => image.ref === ref && image.arch === arch);
  if (entry) return { source: fileOfMirror(entry.path, mirror), entry };
  const named = fileOfMirror(imageArchivePath(ref, arch), mirror);
  if ((await named.look(signal)) === 'there') return { source: named, entry: undefined };
  if (arch === 'amd64') return undefined;
  const plain = fileOfMirror(imageArchivePath(ref, 'amd64'), mirror);
  // The architecture of the image is in the archive, which is too large to be downloaded for a mere look.
  if (plain.localPath === undefined || (await plain.look(signal)) !== 'there') return undefined;
  return (await archiveArchitecture(plain.localPath)) === arch ? { source: plain, entry: undefined } : undefined;
}

import type { MirroredImage } from '@vhive/base/image-index';
import { imageArchivePath } from '@vhive/shared';
import type { ArtifactSources } from '../artifact-fetch.ts';
import type { Source } from '../sources/source.ts';
import { fileOfMirror } from '../sources/sources-of.ts';
import { archiveArchitecture } from './archive-architecture.ts';
import { readImageIndex } from './read-image-index.ts';

/** An image's archive in a mirror. */
export interface MirroredArchive {
  source: Source;
  /** What the mirror's index says of it, where it has one. */
  entry: MirroredImage | undefined;
}

/**
 * The archive of an image in the mirror, by its index, else by its name; undefined when it has none, or there is no
 * mirror. A mirror for one other architecture than amd64 may have archives without the architecture in their names.
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
  // Its architecture is in the archive, which is too much to download for a look.
  if (plain.localPath === undefined || (await plain.look(signal)) !== 'there') return undefined;
  return (await archiveArchitecture(plain.localPath, signal)) === arch
    ? { source: plain, entry: undefined }
    : undefined;
}

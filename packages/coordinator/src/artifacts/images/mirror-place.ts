import { exists } from '@vhive/base/files/exists';
import type { MirroredImage } from '@vhive/base/image-index';
import { megabytes } from '@vhive/base/megabytes';
import { imageArchivePath } from '@vhive/shared';
import type { ArtifactSources, FetchContext } from '../artifact-fetch.ts';
import { download } from '../download.ts';
import { httpGet } from '../http-get.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { type Location, locate, locationText } from '../mirror/mirror.ts';
import { archiveArchitecture } from './archive-architecture.ts';
import { readImageIndex } from './read-image-index.ts';

/** An image's archive in a mirror. */
export interface MirrorPlace {
  location: Location;
  /** The location, as people write it. */
  text: string;
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
): Promise<MirrorPlace | undefined> {
  if (!mirror) return undefined;
  const index = await readImageIndex(mirror, signal);
  const entry = index.find((image) => image.ref === ref && image.arch === arch);
  if (entry) return placeOf(entry.path, mirror, entry);
  const named = placeOf(imageArchivePath(ref, arch), mirror);
  if (await isThere(named.location, signal)) return named;
  if (arch === 'amd64') return undefined;
  const plain = placeOf(imageArchivePath(ref, 'amd64'), mirror);
  const { location } = plain;
  if (location.type !== 'file' || !(await isThere(location, signal))) return undefined;
  return (await archiveArchitecture(location.path, signal)) === arch ? plain : undefined;
}

/** A file with the archive: the mirror's own, or a download, which goes on where an earlier one was cut off. */
export async function takeFromMirror(
  { location }: MirrorPlace,
  partial: string,
  context: FetchContext,
): Promise<string> {
  if (location.type === 'file') return location.path;
  const onProgress = (bytes: number) => context.progress(megabytes(bytes));
  await download(location.url, partial, { signal: context.signal, log: context.log, onProgress });
  return partial;
}

function placeOf(path: string, mirror: Mirror, entry?: MirroredImage): MirrorPlace {
  // Archives are laid out like files of a web server with the registry's name.
  const location = locate(`https://${path.split('/').map(encodePart).join('/')}`, mirror);
  return { location, text: locationText(location), entry };
}

/** The first part is a host, whose port stays as it is. */
const encodePart = (part: string, place: number) => (place === 0 ? part : encodeURIComponent(part));

async function isThere(location: Location, signal: AbortSignal): Promise<boolean> {
  if (location.type === 'file') return await exists(location.path);
  const { statusCode = 0 } = (await httpGet(location.url, { method: 'HEAD', signal, idleMs: 10_000 })).resume();
  return statusCode >= 200 && statusCode < 300;
}

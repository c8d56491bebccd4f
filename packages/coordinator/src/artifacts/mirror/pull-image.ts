import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '@vhive/base/files/hash-file';
import { ignoring } from '@vhive/base/ignoring';
import { addToImageIndex, readIndexOf } from '@vhive/base/image-index';
import { fullImageReference, imageArchivePath, type Params, parseImageReference } from '@vhive/shared';
import type { ArtifactSources, FetchContext } from '../artifact-fetch.ts';
import { fetchImage } from '../images/image-fetch.ts';
import { readArchivedImage } from '../registry/archived-image.ts';
import { placeInTree } from './place-in-tree.ts';

/** The outcome of pulling an image. */
export interface PulledImage {
  changed: boolean;
  /** The SHA-256 of its archive. */
  sha256: string;
  /** The size of its archive in bytes. */
  bytes: number;
}

/**
 * Fills a mirror tree with one container image. It is fetched as in a run, laid out under `directory`, and listed in
 * the tree's index.
 */
export async function pullImage(
  params: Params<'image.fetch'>,
  directory: string,
  sources: ArtifactSources,
  context: FetchContext,
): Promise<PulledImage> {
  const ref = fullImageReference(params.ref);
  const path = imageArchivePath(ref, params.arch);
  const listed = (await readIndexOf(directory)).find((image) => image.ref === ref && image.arch === params.arch);
  // One that is named by its digest can be passed on only as its registry gave it.
  const isUsable = listed?.asPublished === true || parseImageReference(ref).digest === undefined;
  const there =
    listed &&
    isUsable &&
    (await hashFile(join(directory, listed.path)).catch(ignoring('anything the tree does not have whole is pulled')));
  if (there && there.sha256 === listed.sha256) return { changed: false, sha256: there.sha256, bytes: there.bytes };
  const { artifact } = await fetchImage({ ...params, optional: false }, sources, context);
  if (!artifact) throw new Error(`${ref} is not optional`);
  const { sha256, bytes } = artifact;
  await placeInTree(sources.store, sha256, join(directory, path));
  const digest = (await sources.lockFile.findImage(ref, params.arch))?.digest ?? null;
  const asPublished = (await publishedIn(join(directory, path))) !== undefined;
  await addToImageIndex(directory, {
    ref,
    arch: params.arch,
    path,
    sha256,
    bytes,
    digest,
    ...(asPublished && { asPublished }),
  });
  return { changed: true, sha256, bytes };
}

/** Returns what an archive has of its image's registry; undefined where it is a docker archive. */
async function publishedIn(path: string) {
  await using file = await open(path);
  return (await readArchivedImage(file, path)).published;
}

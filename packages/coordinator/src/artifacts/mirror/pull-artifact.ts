import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { exists } from '@vhive/base/files/exists';
import { hashFile } from '@vhive/base/files/hash-file';
import { ignoring } from '@vhive/base/ignoring';
import type { ArtifactRef, Params } from '@vhive/shared';
import { type ArtifactSources, type FetchContext, type FetchResult, fetchArtifact } from '../artifact-fetch.ts';
import { mirrorPath } from '../sources/mirror-tree.ts';
import { publishedChecksum, verifyPublished } from '../verify/publisher-checksum.ts';
import { placeInTree } from './place-in-tree.ts';

/**
 * Fills a mirror tree with one artifact. It is fetched and verified as in a run, then laid out under `directory`
 * together with the publisher's checksum file (or pointer file of Git LFS), so that it is verified again where the tree
 * is used.
 */
export async function pullArtifact(
  params: Params<'artifact.fetch'>,
  directory: string,
  sources: ArtifactSources,
  context: FetchContext,
): Promise<FetchResult> {
  const present = await inTree(params, directory, sources);
  if (present) return { artifact: present, changed: false };
  const result = await fetchArtifact(params, sources, context);
  if (!result.artifact) return result;
  const stored = await sources.store.find(result.artifact.sha256);
  if (!stored) throw new Error(`${params.url} vanished from the store`);
  const published = await publishedChecksum(params, { ...context, store: sources.store, mirror: sources.mirror });
  // In a run, a locked file is not compared with its publisher. Here it is, because a mirror tree whose checksum file
  // differs is of no use.
  if (published)
    verifyPublished(params.url, published, await hashFile(stored.path, { sha512: published.algorithm === 'sha512' }));
  await placeInTree(sources.store, stored.sha256, join(directory, mirrorPath(params.url)));
  if (published && params.checksum.type !== 'none')
    await writeFileAtomic(join(directory, mirrorPath(params.checksum.url)), published.text, { mode: 0o644 });
  return result;
}

/** Returns the artifact if the tree has its checksum file and the file itself as it is locked. */
async function inTree(
  { name, version, url, checksum }: Params<'artifact.fetch'>,
  directory: string,
  { lockFile }: ArtifactSources,
): Promise<ArtifactRef | undefined> {
  const locked = await lockFile.find(url);
  if (!locked || (checksum.type !== 'none' && !(await exists(join(directory, mirrorPath(checksum.url))))))
    return undefined;
  const found = await hashFile(join(directory, mirrorPath(url))).catch(
    ignoring('anything the tree does not have whole is pulled'),
  );
  if (found?.sha256 !== locked.sha256) return undefined;
  return { name: `${name} ${version}`, sha256: found.sha256, bytes: found.bytes };
}

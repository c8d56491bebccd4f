import { hashFile } from '@vhive/base/files/hash-file';
import type { MirroredImage } from '@vhive/base/image-index';
import type { Finding, Params } from '@vhive/shared';
import { isSameImage, type LockedArtifact, type LockedImage, type LockFile } from './lock-file.ts';
import type { Mirror } from './sources/mirror-tree.ts';
import type { Source } from './sources/source.ts';
import { sourcesOf } from './sources/sources-of.ts';
import type { ArtifactStore } from './store.ts';
import { publishedChecksum } from './verify/publisher-checksum.ts';

/** What a comparison with the mirror needs. */
interface Sources {
  store: ArtifactStore;
  lockFile: LockFile;
  mirror?: Mirror | undefined;
}

/**
 * Warns where the mirror has another file than the one that is locked and in the store: the locked one is used, and
 * whoever put the other there would never know why. Only a mirror tree on this machine is looked at. What cannot be
 * read is no reason to fail, since nothing is taken from it.
 */
export async function changedFile(
  params: Params<'artifact.fetch'>,
  locked: LockedArtifact,
  { store, lockFile, mirror }: Sources,
  signal: AbortSignal,
): Promise<Finding[]> {
  const path = sourcesOf(params, mirror).find(({ localPath }) => localPath !== undefined)?.localPath;
  if (path === undefined) return [];
  const found = await store.seen.digestOf(path, signal).catch(() => undefined);
  signal.throwIfAborted();
  if (found === undefined || found === locked.sha256) return [];
  const publisher = await whatPublisherSays(params, path, { store, mirror }, signal);
  return [
    changed({
      what: `${params.name} ${params.version} (${path})`,
      was: `sha256 ${locked.sha256}`,
      is: `sha256 ${found}, ${publisher}`,
      lock: lockFile.path,
    }),
  ];
}

/** Warns where the mirror has another image under a reference than the one that is locked and in the store. */
export async function changedImage(
  locked: LockedImage,
  { source, entry }: { source: Source; entry: MirroredImage | undefined },
  { store, lockFile }: Sources,
  signal: AbortSignal,
): Promise<Finding[]> {
  const path = source.localPath;
  if (path === undefined) return [];
  // The index says what an archive is, so it need not be read.
  const digest = entry?.sha256 ?? (await store.seen.digestOf(path, signal).catch(() => undefined));
  signal.throwIfAborted();
  if (digest === undefined) return [];
  const found = { digest: entry?.digest ?? null, sha256: digest };
  if (isSameImage(locked, found)) return [];
  const byDigest = locked.digest !== null && found.digest !== null;
  return [
    changed({
      what: `the image ${locked.ref} (${locked.arch}, ${path})`,
      was: byDigest ? `${locked.digest}` : `sha256 ${locked.sha256}`,
      is: byDigest ? `${found.digest}` : `sha256 ${found.sha256}`,
      lock: lockFile.path,
    }),
  ];
}

/** Returns the part of a result that says what people are warned of, and nothing where there is nothing. */
export function warnings(findings: Finding[]): { findings?: Finding[] } {
  return findings.length === 0 ? {} : { findings };
}

function changed({ what, was, is, lock }: { what: string; was: string; is: string; lock: string }): Finding {
  return {
    check: 'mirror',
    level: 'warning',
    message: `${what} changed in the mirror under its old version: locked is ${was}, now it is ${is}; the locked one is used`,
    hint: `to take the new one, remove its block from ${lock} and run the same command again; to stay, put the old one back`,
  };
}

/** Says whether the publisher's checksum in the mirror fits the file that is there now. */
async function whatPublisherSays(
  params: Params<'artifact.fetch'>,
  path: string,
  sources: Pick<Sources, 'store' | 'mirror'>,
  signal: AbortSignal,
): Promise<string> {
  try {
    const published = await publishedChecksum(params, { ...sources, mirror: sources.mirror, signal });
    if (published === undefined) return 'for which its publisher has no checksum';
    const found = await hashFile(path, { sha512: published.algorithm === 'sha512', signal });
    return found[published.algorithm] === published.digest
      ? 'and its publisher’s checksum changed with it'
      : `which is not what its publisher says either (${published.source})`;
  } catch {
    signal.throwIfAborted();
    return 'and its publisher’s checksum cannot be read';
  }
}

import { type FileDigests, hashFile } from '@vhive/base/files/hash-file';
import type { LockedArtifact, LockFile } from '../lock-file.ts';
import { type PublishedChecksum, verifyPublished } from './publisher-checksum.ts';

/** By what a file is known to be the right one; by nothing when both are absent. */
export interface Truth {
  /** The content that was verified before, and must stay the same. */
  locked: LockedArtifact | undefined;
  /** What the publisher says; not asked for where the content is locked. */
  published: PublishedChecksum | undefined;
}

/** Verifies the file of a URL: as it is locked, then as its publisher says. Throws VhiveError `refused` when it is another. */
export async function verify(
  path: string,
  url: string,
  { locked, published }: Truth,
  { lockFile, signal }: { lockFile: LockFile; signal: AbortSignal },
): Promise<FileDigests> {
  const found = await hashFile(path, { sha512: published?.algorithm === 'sha512', signal });
  if (locked) lockFile.verify(locked, found.sha256);
  if (published) verifyPublished(url, published, found);
  return found;
}

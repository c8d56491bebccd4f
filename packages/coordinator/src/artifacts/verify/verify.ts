import { type FileDigests, hashFile } from '@vhive/base/files/hash-file';
import type { LockedArtifact, LockFile } from '../lock-file.ts';
import { type PublishedChecksum, verifyPublished } from './publisher-checksum.ts';

/** What a file must be. When both fields are absent, nothing is known and the file is taken as it is. */
export interface Truth {
  /** The content that was verified before, and must stay the same. */
  locked: LockedArtifact | undefined;
  /** What the publisher says. It is not asked for where the content is locked. */
  published: PublishedChecksum | undefined;
}

/**
 * Verifies the file of a URL, first against what is locked and then against what its publisher says. Throws VhiveError
 * `refused` when it is another file.
 */
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

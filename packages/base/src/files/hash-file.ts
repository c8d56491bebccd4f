import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { defined } from '@vhive/shared';

/** The algorithms that publishers of files use. */
export type DigestAlgorithm = 'sha256' | 'sha512';

/** Digests of a file, lower-case hex. */
export interface FileDigests {
  sha256: string;
  sha512: string;
  bytes: number;
}

/** Reads a file once and hashes it; SHA-512 only where it is wanted (else empty). Rejects when the signal aborts. */
export async function hashFile(
  path: string,
  options: { sha512?: boolean; signal?: AbortSignal } = {},
): Promise<FileDigests> {
  const sha256 = createHash('sha256');
  const sha512 = options.sha512 ? createHash('sha512') : undefined;
  let bytes = 0;
  const source = createReadStream(path, {
    highWaterMark: 1024 * 1024,
    ...defined({ signal: options.signal }),
  });
  for await (const chunk of source) {
    sha256.update(chunk);
    sha512?.update(chunk);
    bytes += chunk.byteLength;
  }
  return { sha256: sha256.digest('hex'), sha512: sha512?.digest('hex') ?? '', bytes };
}

/** The SHA-256 of a file, lower-case hex. Rejects when the signal aborts. */
export async function fileDigest(path: string, signal?: AbortSignal): Promise<string> {
  return (await hashFile(path, defined({ signal }))).sha256;
}

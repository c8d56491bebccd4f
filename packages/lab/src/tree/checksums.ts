import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The algorithm of a publisher's checksums: gVisor publishes SHA-512, all others SHA-256. */
export type ChecksumAlgorithm = 'sha256' | 'sha512';

/** Returns the digest of a file in lower-case hex. */
export async function fileDigest(
  file: string,
  signal?: AbortSignal,
  algorithm: ChecksumAlgorithm = 'sha256',
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash, signal === undefined ? {} : { signal });
  return hash.digest('hex');
}

/**
 * The form of a publisher's checksum files. `bare` is the digest alone without a newline (dl.k8s.io); `named` is a line
 * of sha256sum(1) or sha512sum(1) (containerd, runc, CNI plugins, gVisor).
 */
export type ChecksumStyle = 'bare' | 'named';

/** Writes the checksum of `file` to `checksumFile` and returns it. */
export async function writeChecksum(
  file: string,
  checksumFile: string,
  style: ChecksumStyle,
  signal?: AbortSignal,
  algorithm: ChecksumAlgorithm = 'sha256',
): Promise<string> {
  const digest = await fileDigest(file, signal, algorithm);
  await writeFile(checksumFile, style === 'bare' ? digest : `${digest}  ${basename(file)}\n`);
  return digest;
}

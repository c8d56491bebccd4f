import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 of a file, lower-case hex. */
export async function fileDigest(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, signal === undefined ? {} : { signal });
  return hash.digest('hex');
}

/**
 * How a publisher writes its checksum files: `bare` is the digest alone without a newline (dl.k8s.io), `named` is a
 * line of sha256sum(1) (containerd, runc, CNI plugins).
 */
export type ChecksumStyle = 'bare' | 'named';

/** Writes the checksum of `file` to `checksumFile` and returns it. */
export async function writeChecksum(
  file: string,
  checksumFile: string,
  style: ChecksumStyle,
  signal?: AbortSignal,
): Promise<string> {
  const digest = await fileDigest(file, signal);
  await writeFile(checksumFile, style === 'bare' ? digest : `${digest}  ${basename(file)}\n`);
  return digest;
}

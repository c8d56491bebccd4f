import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type DigestAlgorithm, hashFile } from '@vhive/base/files/hash-file';
import { defined } from '@vhive/shared';

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
  algorithm: DigestAlgorithm = 'sha256',
): Promise<string> {
  const digests = await hashFile(file, { sha512: algorithm === 'sha512', ...defined({ signal }) });
  const digest = digests[algorithm];
  await writeFile(checksumFile, style === 'bare' ? digest : `${digest}  ${basename(file)}\n`);
  return digest;
}

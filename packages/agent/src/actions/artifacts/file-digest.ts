import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Returns the SHA-256 of a file of this machine in lower-case hex. The file is read as a stream. */
export async function fileDigest(path: string, signal: AbortSignal): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), digest, { signal });
  return digest.digest('hex');
}

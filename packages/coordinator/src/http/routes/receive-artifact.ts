import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDiskFull } from '@vhive/base/system-failure';
import { messageOf } from '@vhive/shared';
import type { ArtifactStore, StoredArtifact } from '../../artifacts/store.ts';
import { diskFull, HttpError } from '../http-error.ts';

/**
 * Takes a file in under its own hash and no other. So nobody who may send files can replace or poison one, because what
 * a step fetches is named by the hash of its content. When a file is cut off, is too long or does not have the hash in
 * its name, nothing of it stays. Throws the refusals `cut-off`, `too-large`, `other-content` or `disk-full`.
 */
export async function receiveArtifact(
  store: ArtifactStore,
  { sha256, mostBytes }: { sha256: string; mostBytes: number },
  body: Readable,
): Promise<StoredArtifact> {
  return await store.withScratchFile(async (path) => {
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.byteLength;
        hash.update(chunk);
        done(bytes > mostBytes ? tooLarge(mostBytes) : null, chunk);
      },
    });
    await pipeline(body, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 })).catch((error: unknown) => {
      throw failureOf(error);
    });
    const found = hash.digest('hex');
    if (found !== sha256)
      throw new HttpError('other-content', {
        message: `the file that was received (${bytes} bytes) has SHA-256 ${found}, not ${sha256}`,
        hint: 'did the file change while it was sent? try again',
      });
    return await store.add(path, sha256);
  });
}

/** The refusal of a file that is longer than the store takes in. */
export function tooLarge(mostBytes: number): HttpError {
  return new HttpError('too-large', { message: `the store takes in files of at most ${mostBytes} bytes` });
}

function failureOf(error: unknown): unknown {
  if (error instanceof HttpError) return error;
  if (isDiskFull(error)) return diskFull(messageOf(error));
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return new HttpError('cut-off', { message: 'the file was cut off on its way' });
  return error;
}

import { rename, rm, statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { fileSize } from '@vhive/base/files/file-size';
import { fileDigest } from '@vhive/base/files/hash-file';
import type { PinnedClient } from '@vhive/base/http/pinned-client';
import { networkFailure, resumableDownload } from '@vhive/base/http/resumable-download';
import { megabytes, megabytesOf } from '@vhive/base/megabytes';
import { type ArtifactRef, VhiveError } from '@vhive/shared';
import { readRefusal } from '../coordinator-client.ts';

/** Without a byte for this long a connection counts as broken, milliseconds. */
const IDLE_TIMEOUT_MS = 30_000;
/** Further attempts in a row that may bring not a byte. */
const FRUITLESS_RETRIES = 5;

/** What a download must leave free for the agent's own files, in bytes. */
const KEPT_FREE_BYTES = 4 * 1024 * 1024;

/** One artifact to fetch from the coordinator. */
export interface ArtifactDownload {
  client: PinnedClient;
  bearer: string;
  artifact: ArtifactRef;
  /** Where the verified file goes; `<path>.part` holds what has come so far, also across restarts. */
  path: string;
  signal: AbortSignal;
  progress(detail: string): void;
}

/** Downloads and verifies an artifact, resuming what is there and whenever the connection breaks. */
export async function downloadArtifact(download: ArtifactDownload): Promise<void> {
  const { artifact, path, signal } = download;
  const part = `${path}.part`;
  for (let isSecondTry = false; ; isSecondTry = true) {
    const present = await fileSize(part);
    await checkRoom(artifact, part, present);
    if (present !== artifact.bytes || artifact.bytes === 0) await receiveInto(part, download);
    const digest = await fileDigest(part, signal);
    if (digest === artifact.sha256) return await rename(part, path);
    // What an earlier process has left may have been the wrong part; a whole download decides.
    await rm(part, { force: true });
    if (isSecondTry) throw corruptArtifact(artifact, digest);
  }
}

/** Refuses a download that would fill the disk: the agent could then not write its journal any more. */
async function checkRoom(artifact: ArtifactRef, part: string, present: number): Promise<void> {
  const { bsize, bavail } = await statfs(dirname(part));
  const needed = artifact.bytes - present + KEPT_FREE_BYTES;
  if (bavail * bsize >= needed) return;
  await rm(part, { force: true });
  throw new VhiveError({
    code: 'step-failed',
    message: `${artifact.name} does not fit: ${dirname(part)} has ${megabytes(bavail * bsize)} free, ${megabytes(needed)} are needed`,
    hint: `make room on that disk: df -h ${dirname(part)}`,
  });
}

async function receiveInto(part: string, { client, bearer, artifact, signal, progress }: ArtifactDownload) {
  try {
    await resumableDownload({
      source: artifact.name,
      ask: (headers) =>
        client.send(`/v1/artifacts/${artifact.sha256}`, {
          headers: { authorization: `Bearer ${bearer}`, ...headers },
          idleMs: IDLE_TIMEOUT_MS,
          signal,
        }),
      path: part,
      mode: 0o600,
      bytes: artifact.bytes,
      refusal: (answer) => refusalOf(answer, artifact),
      signal,
      onProgress(received) {
        if (received > artifact.bytes) throw tooLong(artifact);
        progress(megabytesOf(received, artifact.bytes));
      },
      retries: FRUITLESS_RETRIES,
      backoff: { firstMs: 200, longestMs: 5_000 },
    });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof VhiveError && cause.code !== 'unreachable') throw cause;
    throw new VhiveError({
      code: 'unreachable',
      message: `${artifact.name} cannot be fetched from the coordinator: ${networkFailure(cause)}`,
      cause,
    });
  }
}

async function refusalOf(response: IncomingMessage, artifact: ArtifactRef): Promise<Error> {
  const refusal = await readRefusal(response);
  const status = response.statusCode ?? 0;
  if (status === 429 || status >= 500) return new Error(refusal.message);
  return new VhiveError({
    code: status === 401 || status === 403 ? 'refused' : 'step-failed',
    // An agent that enrols anew has another token by the next attempt.
    permanent: false,
    message: `${artifact.name}: the coordinator does not give it out (HTTP ${status}): ${refusal.message}`,
    hint: refusal.hint,
  });
}

function tooLong(artifact: ArtifactRef): VhiveError {
  return new VhiveError({
    code: 'step-failed',
    message: `${artifact.name}: the coordinator sends more than the ${artifact.bytes} bytes it has announced`,
  });
}

function corruptArtifact(artifact: ArtifactRef, digest: string): VhiveError {
  return new VhiveError({
    code: 'step-failed',
    message: `${artifact.name}: what the coordinator sends has SHA-256 ${digest}, not ${artifact.sha256}`,
    hint: "the file in the coordinator's store is damaged: remove it there and try again",
  });
}

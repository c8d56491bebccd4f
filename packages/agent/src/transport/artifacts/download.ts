import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { megabytesOf } from '@vhive/base/megabytes';
import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import { type ArtifactRef, messageOf, VhiveError } from '@vhive/shared';
import { type HttpsClient, readRefusal } from './https-client.ts';

/** Without a byte for this long a connection counts as broken, milliseconds. */
const IDLE_TIMEOUT_MS = 30_000;
/** So many attempts in a row that bring not a byte, and the download fails. */
const MAX_FRUITLESS_ATTEMPTS = 6;

/** One artifact to fetch. */
export interface DownloadRequest {
  client: HttpsClient;
  bearer: string;
  artifact: ArtifactRef;
  /** Where the verified file goes; `<path>.part` holds what has come so far, also across restarts. */
  path: string;
  signal: AbortSignal;
  progress(detail: string): void;
}

/** Fetches and verifies an artifact, resuming what is there and whenever the connection breaks. */
export async function fetchArtifact(request: DownloadRequest): Promise<void> {
  const { artifact, signal } = request;
  const part = `${request.path}.part`;
  const backoff = createBackoff({ firstMs: 200, longestMs: 5_000 });
  let fruitless = 0;
  let corrupt = 0;
  for (;;) {
    signal.throwIfAborted();
    const before = await sizeOf(part);
    try {
      if (before > artifact.bytes) await rm(part, { force: true });
      if ((await sizeOf(part)) < artifact.bytes || artifact.bytes === 0) await receive(request, part);
      const digest = await hashOf(part, signal);
      if (digest === artifact.sha256) return await rename(part, request.path);
      await rm(part, { force: true });
      if (++corrupt >= 2) throw corruptArtifact(artifact, digest);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VhiveError && error.code !== 'unreachable') throw error;
      fruitless = (await sizeOf(part)) > before ? 0 : fruitless + 1;
      if (fruitless >= MAX_FRUITLESS_ATTEMPTS) throw unreachable(artifact, error);
      if (fruitless === 0) backoff.reset();
      await sleep(backoff.nextMs(), signal);
    }
  }
}

/** One connection: appends to the part file. */
async function receive({ client, bearer, artifact, signal, progress }: DownloadRequest, part: string): Promise<void> {
  const offset = await sizeOf(part);
  const response = await client.send({
    method: 'GET',
    path: `/v1/artifacts/${artifact.sha256}`,
    headers: { authorization: `Bearer ${bearer}`, ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) },
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    signal,
  });
  const start = startOf(response, offset);
  if (start === undefined) throw await refusalOf(response, artifact);
  const file = await open(part, start === 0 ? 'w' : 'a', 0o600);
  try {
    await append(response, file, start, artifact, progress);
    await file.sync();
  } finally {
    response.destroy();
    await file.close();
  }
}

async function append(
  response: IncomingMessage,
  file: FileHandle,
  start: number,
  artifact: ArtifactRef,
  progress: (detail: string) => void,
): Promise<void> {
  let received = start;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    received += chunk.byteLength;
    if (received > artifact.bytes)
      throw new VhiveError({
        code: 'step-failed',
        message: `${artifact.name}: the coordinator sends more than the ${artifact.bytes} bytes it has announced`,
      });
    await file.writeFile(chunk);
    progress(megabytesOf(received, artifact.bytes));
  }
  if (received < artifact.bytes) throw new Error(`the connection ended after ${received} of ${artifact.bytes} bytes`);
}

/** Offset at which the answer's body starts; undefined when it is a refusal. */
function startOf(response: IncomingMessage, asked: number): number | undefined {
  if (response.statusCode === 200) return 0;
  if (response.statusCode !== 206) return undefined;
  const range = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '');
  return Number(range?.[1]) === asked ? asked : undefined;
}

async function refusalOf(response: IncomingMessage, artifact: ArtifactRef): Promise<Error> {
  const refusal = await readRefusal(response);
  const status = response.statusCode ?? 0;
  if (status === 429 || status >= 500 || status === 206) return new Error(refusal.message);
  return new VhiveError({
    code: status === 401 || status === 403 ? 'refused' : 'step-failed',
    // An agent that enrols anew has another token by the next attempt.
    permanent: false,
    message: `${artifact.name}: the coordinator does not give it out (HTTP ${status}): ${refusal.message}`,
    hint: refusal.hint,
  });
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal })) hash.update(chunk);
  return hash.digest('hex');
}

/** Size in bytes; 0 when there is no such file. */
export async function sizeOf(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  return status?.size ?? 0;
}

function corruptArtifact(artifact: ArtifactRef, digest: string): VhiveError {
  return new VhiveError({
    code: 'step-failed',
    message: `${artifact.name}: what the coordinator sends has SHA-256 ${digest}, not ${artifact.sha256}`,
    hint: "the file in the coordinator's store is damaged: remove it there and try again",
  });
}

function unreachable(artifact: ArtifactRef, error: unknown): VhiveError {
  return new VhiveError({
    code: 'unreachable',
    message: `${artifact.name} cannot be fetched from the coordinator: ${messageOf(error)}`,
    cause: error,
  });
}

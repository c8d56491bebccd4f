import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { messageOf, VhiveError } from '@vhive/shared';
import pRetry from 'p-retry';
import { z } from 'zod';
import { httpGet } from './http-request.ts';

/** How to download. */
export interface DownloadOptions {
  signal: AbortSignal;
  /** Bytes there are so far, and in all where the server says so. */
  onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** Says what went wrong before a further try. */
  log?: ((text: string) => void) | undefined;
  /** Further tries that may fail without a byte of progress; default 5. */
  retries?: number | undefined;
  /** Before the first further try, milliseconds; doubles up to 30 s; default 1000. */
  retryDelayMs?: number | undefined;
  /** A silent connection is given up after this time, milliseconds; default 60 000. */
  stallMs?: number | undefined;
}

/** The file does not exist where it was looked for: trying again cannot help. */
export class FileAbsentError extends VhiveError {}

/** What the partial file beside it is a part of: without this it cannot be gone on with. */
const partialNote = z.object({ url: z.string(), validator: z.string() });

/**
 * Downloads into `path`, going on where an earlier call (or process) was cut off if the server says that the file is
 * still the same one. The content is not verified here. Throws VhiveError: `usage` when the file does not exist there,
 * `unreachable` when the network failed too often.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { signal, retries = 5, retryDelayMs = 1000, log } = options;
  let furthest = 0;
  let fruitless = 0;
  await pRetry(() => attempt(url, path, options), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: retryDelayMs,
    maxTimeout: 30_000,
    randomize: true,
    signal,
    // A long download over a bad line may break off often, as long as it gets further each time.
    shouldConsumeRetry: async () => {
      const reached = await sizeOf(path);
      fruitless = reached > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, reached);
      return fruitless > 0;
    },
    shouldRetry: ({ error }) => !(error instanceof VhiveError) && fruitless <= retries,
    onFailedAttempt: ({ error }) => {
      if (!(error instanceof VhiveError) && fruitless <= retries) log?.(`${url}: ${reasonOf(error)}; trying again`);
    },
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (cause instanceof VhiveError) throw cause;
    throw new VhiveError({
      code: 'unreachable',
      message: `${url} cannot be downloaded: ${reasonOf(cause)}`,
      hint: 'does this host reach the internet? set HTTPS_PROXY for a proxy, or give a mirror: --mirror <directory or URL>',
      cause,
    });
  });
  await rm(notePath(path), { force: true });
}

async function attempt(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { signal, stallMs = 60_000, onProgress } = options;
  const have = await sizeOf(path);
  const validator = have > 0 ? await validatorOf(url, path) : undefined;
  const headers: Record<string, string> = validator ? { range: `bytes=${have}-`, 'if-range': validator } : {};
  const answer = await httpGet(url, { signal, stallMs, headers });
  const status = answer.statusCode ?? 0;
  if (status === 416) {
    answer.resume();
    // Nothing is left to send when all of it is there already; anything else is a part of some other file.
    if (answer.headers['content-range'] === `bytes */${have}`) return;
    await rm(path, { force: true });
    throw new Error('the server has another file now, starting anew');
  }
  if (status !== 200 && status !== 206) throw refusal(url, status, answer);
  if (answer.headers['content-encoding'] !== undefined && answer.headers['content-encoding'] !== 'identity')
    throw discarding(
      answer,
      new VhiveError({ code: 'usage', message: `${url} comes re-encoded, not as the file it is` }),
    );
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers['content-range'] ?? '');
  if (status === 206 && Number(range?.[1]) !== have)
    throw discarding(answer, new Error('the server sent another part than asked for'));
  const start = status === 206 ? have : 0;
  const length = Number(answer.headers['content-length']);
  const total = range ? Number(range[2]) : Number.isFinite(length) ? length : undefined;
  await rememberValidator(url, path, answer);
  let bytes = start;
  onProgress?.(bytes, total);
  // Written chunk by chunk and closed before anything else happens: a late write of a broken-off try would spoil the next.
  const file = await open(path, start > 0 ? 'r+' : 'w', 0o644);
  try {
    for await (const chunk of addAbortSignal(signal, answer) as AsyncIterable<Buffer>) {
      await write(file, path, chunk, bytes);
      bytes += chunk.byteLength;
      onProgress?.(bytes, total);
    }
  } finally {
    await file.close();
  }
  if (total === undefined || bytes === total) return;
  await rm(path, { force: true });
  throw new Error(`${bytes} bytes came where ${total} were announced`);
}

/** A full disk is no fault of the network: trying again cannot help. */
async function write(file: FileHandle, path: string, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength; )
    try {
      done += (await file.write(chunk, done, chunk.byteLength - done, position + done)).bytesWritten;
    } catch (cause) {
      throw new VhiveError({
        code: 'preflight',
        message: `${path} cannot be written: ${messageOf(cause)}`,
        hint: `make room on that file system: df -h ${dirname(path)}`,
        cause,
      });
    }
}

/** For statuses that are no file. Those of overload and of servers in trouble may pass; the others stay. */
function refusal(url: string, status: number, answer: IncomingMessage): Error {
  if (status >= 500 || [408, 425, 429].includes(status)) return discarding(answer, new Error(`HTTP status ${status}`));
  const init = {
    code: 'usage' as const,
    message: `${url} cannot be downloaded: HTTP status ${status}${status === 404 ? ' (not found)' : ''}`,
    hint: 'is the version right? if the mirror lacks the file: vhive-coord mirror pull',
  };
  return discarding(answer, [404, 410].includes(status) ? new FileAbsentError(init) : new VhiveError(init));
}

function discarding<E extends Error>(answer: IncomingMessage, error: E): E {
  answer.destroy();
  return error;
}

const notePath = (path: string) => `${path}.json`;

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** A strong ETag or else the date: what tells that the rest belongs to what is there. */
async function rememberValidator(url: string, path: string, { headers }: IncomingMessage): Promise<void> {
  const validator = headers.etag?.startsWith('"') ? headers.etag : headers['last-modified'];
  if (validator === undefined) await rm(notePath(path), { force: true });
  else await writeFileAtomic(notePath(path), JSON.stringify({ url, validator }));
}

async function validatorOf(url: string, path: string): Promise<string | undefined> {
  const text = await readFileIfPresent(notePath(path));
  if (text === undefined) return undefined;
  try {
    const note = partialNote.parse(JSON.parse(text));
    return note.url === url ? note.validator : undefined;
  } catch {
    return undefined;
  }
}

/** Network errors of Node often have the cause in a code or in an inner error. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}

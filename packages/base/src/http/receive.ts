import { type FileHandle, open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { messageOf, VhiveError } from '@vhive/shared';
import { fileSize } from '../files/file-size.ts';
import { noteValidator, validatorOf } from './partial-file.ts';

/** A file that comes over HTTP, and where it goes. */
export interface Transfer {
  /** The file's address, or what people call it: for messages, and to know a part of it again. */
  source: string;
  /** Asks for the file, with these headers added (`range`, `if-range`); resolves with the head of the answer. */
  ask(headers: Record<string, string>): Promise<IncomingMessage>;
  /** Where the bytes collect, and where those of an earlier call or process are. */
  path: string;
  /** Permission bits of a new file. */
  mode: number;
  /**
   * Size of the file, bytes, where its address is that of one certain content: then what came so far is a part of it in
   * any case. Absent: the file at the address may change, and a part is gone on with only if the server says that it has
   * not.
   */
  bytes?: number;
  /** What an answer means that is no file. A VhiveError is final, unless its code is `unreachable`; after others it is tried again. */
  refusal(answer: IncomingMessage): Error | Promise<Error>;
  signal: AbortSignal;
  /** Hears of the bytes there are so far, and in all where that is known. What it throws ends the transfer. */
  onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
}

/** Gets a file, or the rest of it, over one connection; what came before a break stays for the next try. */
export async function receive(transfer: Transfer): Promise<void> {
  const { path, source, bytes: known } = transfer;
  if (known !== undefined && (await fileSize(path)) > known) await rm(path, { force: true });
  const have = await fileSize(path);
  const answer = await transfer.ask(await rangeHeaders(transfer, have));
  try {
    const start = await startOf(answer, have, transfer);
    if (start === 'complete') return;
    if (known === undefined) await noteValidator(path, source, answer);
    const announced = announcedSize(answer, start);
    const bytes = await append(answer, start, known ?? announced, transfer);
    if (known !== undefined && bytes < known) throw new Error(`the connection ended after ${bytes} of ${known} bytes`);
    if (known !== undefined || announced === undefined || bytes === announced) return;
    await rm(path, { force: true });
    throw new Error(`${bytes} bytes came where ${announced} were announced`);
  } finally {
    answer.destroy();
  }
}

async function rangeHeaders({ path, source, bytes }: Transfer, have: number): Promise<Record<string, string>> {
  if (have === 0) return {};
  const range = `bytes=${have}-`;
  if (bytes !== undefined) return { range };
  const validator = await validatorOf(path, source);
  return validator === undefined ? {} : { range, 'if-range': validator };
}

/** Where in the file the answer's body begins; `complete` when nothing is left to send. Throws when it is no file. */
async function startOf(answer: IncomingMessage, have: number, transfer: Transfer): Promise<number | 'complete'> {
  const { statusCode, headers } = answer;
  if (statusCode === 416) {
    // Nothing is left to send when all of it is there already; anything else is a part of some other file.
    if (headers['content-range'] === `bytes */${have}`) return 'complete';
    await rm(transfer.path, { force: true });
    throw new Error('the server has another file now, starting anew');
  }
  if (statusCode !== 200 && statusCode !== 206) throw await transfer.refusal(answer);
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw new VhiveError({ code: 'usage', message: `${transfer.source} comes re-encoded, not as the file it is` });
  if (statusCode === 200) return 0;
  const range = /^bytes (\d+)-/.exec(headers['content-range'] ?? '');
  if (Number(range?.[1]) !== have) throw new Error('the server sent another part than asked for');
  return have;
}

/** Size of the whole file as the server says it, bytes; undefined when it does not. */
function announcedSize({ headers }: IncomingMessage, start: number): number | undefined {
  const range = /^bytes \d+-\d+\/(\d+)$/.exec(headers['content-range'] ?? '');
  if (start > 0 && range) return Number(range[1]);
  const length = Number(headers['content-length'] ?? Number.NaN);
  return Number.isFinite(length) ? start + length : undefined;
}

/** Writes the body into the file; resolves with the size it has then. */
async function append(
  answer: IncomingMessage,
  start: number,
  total: number | undefined,
  { path, mode, signal, onProgress }: Transfer,
): Promise<number> {
  let bytes = start;
  onProgress?.(bytes, total);
  // Written chunk by chunk and closed before anything else happens: a late write of a broken-off try would spoil the next.
  await using file = await open(path, start > 0 ? 'r+' : 'w', mode);
  for await (const chunk of addAbortSignal(signal, answer) as AsyncIterable<Buffer>) {
    await write(file, path, chunk, bytes);
    bytes += chunk.byteLength;
    onProgress?.(bytes, total);
  }
  await file.sync();
  return bytes;
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

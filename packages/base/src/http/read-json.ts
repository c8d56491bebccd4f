import type { IncomingMessage } from 'node:http';

/** Longest answer that is read into memory, bytes. */
const LONGEST = 1024 * 1024;

/** Reads a JSON body of at most 1 MiB. Rejects when it is longer or not JSON. */
export async function readJson(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST) throw new Error('the answer is longer than 1 MiB');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { readFileIfPresent, writeFileAtomic } from '../files/atomic-file.ts';

const note = z.object({ url: z.string(), validator: z.string() });

const notePath = (path: string) => `${path}.json`;

/**
 * Notes beside a partial file what it is a part of: a strong ETag or else the date of the file at that address. Without
 * the note a later download cannot go on with the part. Notes nothing where the server says neither.
 */
export async function noteValidator(path: string, url: string, { headers }: IncomingMessage): Promise<void> {
  const validator = headers.etag?.startsWith('"') ? headers.etag : headers['last-modified'];
  if (validator === undefined) await forgetValidator(path);
  else await writeFileAtomic(notePath(path), JSON.stringify({ url, validator }));
}

/** What a server must say for the rest of the file at `url` to belong to the partial file; undefined when that is not known. */
export async function validatorOf(path: string, url: string): Promise<string | undefined> {
  const text = await readFileIfPresent(notePath(path));
  if (text === undefined) return undefined;
  try {
    const known = note.parse(JSON.parse(text));
    return known.url === url ? known.validator : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the note, when the file is whole. */
export async function forgetValidator(path: string): Promise<void> {
  await rm(notePath(path), { force: true });
}

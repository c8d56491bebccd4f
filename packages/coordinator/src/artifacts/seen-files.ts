import { stat } from 'node:fs/promises';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { fileDigest } from '@vhive/base/files/hash-file';
import { ignoring } from '@vhive/base/ignoring';
import { sha256 } from '@vhive/shared';
import * as z from 'zod';

/** What a file was when it was last read: as long as size, times and inode stay the same, its content does. */
const seen = z.object({ bytes: z.number(), mtimeMs: z.number(), ctimeMs: z.number(), inode: z.number(), sha256 });
type Seen = z.infer<typeof seen>;

/**
 * The digests of files that are not ours, such as those of a mirror tree, kept in one JSON file so that no file is read
 * a second time as long as it looks the same.
 */
export class SeenFiles {
  readonly #path: string;
  readonly #files: Promise<Map<string, Seen>>;
  #written: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.#files = read(path);
  }

  /** Returns the digest of a file; undefined where there is none. Reads it only if it looks other than it did. */
  async digestOf(path: string, signal: AbortSignal): Promise<string | undefined> {
    const now = await look(path);
    if (now === undefined) return undefined;
    const before = (await this.#files).get(path);
    if (before !== undefined && JSON.stringify(now) === JSON.stringify({ ...before, sha256: undefined }))
      return before.sha256;
    const digest = await fileDigest(path, signal);
    await this.#remember(path, { ...now, sha256: digest });
    return digest;
  }

  /** Remembers the digest of a file that was read for another reason. */
  async remember(path: string, digest: string): Promise<void> {
    const now = await look(path);
    if (now !== undefined) await this.#remember(path, { ...now, sha256: digest });
  }

  async #remember(path: string, file: Seen): Promise<void> {
    const files = await this.#files;
    files.set(path, file);
    this.#written = this.#written
      .catch(ignoring('the caller that wrote gets the error; the next write has all entries'))
      .then(() => writeFileAtomic(this.#path, `${JSON.stringify(Object.fromEntries(files), null, 1)}\n`));
    await this.#written;
  }
}

async function look(path: string): Promise<Omit<Seen, 'sha256'> | undefined> {
  const found = await stat(path).catch(ignoring('a file that does not exist has no digest'));
  if (!found?.isFile()) return undefined;
  const { size: bytes, mtimeMs, ctimeMs, ino: inode } = found;
  return { bytes, mtimeMs, ctimeMs, inode };
}

/** Reads the records. They only save work: where they are missing or damaged, files are read again. */
async function read(path: string): Promise<Map<string, Seen>> {
  try {
    const text = (await readFileIfPresent(path)) ?? '{}';
    return new Map(Object.entries(z.record(z.string(), seen).parse(JSON.parse(text))));
  } catch {
    return new Map();
  }
}

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { hashFile } from '@vhive/base/files/hash-file';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { ignoring } from '@vhive/base/ignoring';
import type { MirroredImage } from '@vhive/base/image-index';
import { VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { type ArchivedImage, archivedImage, readArchivedImage } from './archived-image.ts';

/** An archive whose content is known, and the file that has it. */
export interface KnownArchive {
  path: string;
  image: ArchivedImage;
}

/**
 * What is remembered of an archive: the image in it, and the size, times and inode of the file that had that content
 * when it was read last. As long as these stay the same, the file is not read again.
 */
const remembered = z.object({
  image: archivedImage,
  file: z.object({ path: z.string(), size: z.number(), mtimeMs: z.number(), ctimeMs: z.number(), inode: z.number() }),
});
type Remembered = z.infer<typeof remembered>;

/**
 * Knows image archives by the SHA-256 of their content. Each is read whole once, to see that it has the content that it
 * must have, and never again as long as its file stays as it is. That is remembered on disk, in `<directory>/<sha256>.json`.
 */
export class Archives {
  readonly #directory: string;
  readonly #known = new Map<string, Remembered>();
  readonly #reading = new Map<string, Promise<Remembered>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Returns the image in a file that has to have this content. However many ask at once, the file is read once. Throws
   * VhiveError `refused` when the file has another content or is no archive of an image, and `usage` when there is no
   * such file.
   */
  async know(path: string, sha256: MirroredImage['sha256']): Promise<KnownArchive> {
    const reading = this.#reading.get(sha256) ?? this.#read(path, sha256).finally(() => this.#reading.delete(sha256));
    this.#reading.set(sha256, reading);
    return { path, image: (await reading).image };
  }

  /**
   * Opens the file of an archive that is known, to send a part of it. Throws VhiveError `refused` when the file has been
   * replaced since.
   */
  async open(path: string, sha256: string): Promise<FileHandle> {
    const file = await opened(path);
    try {
      const now = await fingerprintOf(file, path);
      if (isSame(now, this.#known.get(sha256)?.file)) return file;
      await this.know(path, sha256);
      if (isSame(now, this.#known.get(sha256)?.file)) return file;
      throw new VhiveError({ code: 'refused', message: `${path} is being replaced`, hint: 'it is asked for again' });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #read(path: string, sha256: string): Promise<Remembered> {
    await using file = await opened(path);
    const now = await fingerprintOf(file, path);
    const before = this.#known.get(sha256) ?? (await this.#recall(sha256));
    if (before && isSame(now, before.file)) {
      this.#known.set(sha256, before);
      return before;
    }
    const found = await hashFile(path);
    if (found.sha256 !== sha256)
      throw new VhiveError({
        code: 'refused',
        message: `${path} is not what the mirror's index says: that has sha256 ${sha256}, the file has ${found.sha256}`,
        hint: 'fill the mirror again: vhive-coord mirror pull',
      });
    const image = before?.image ?? (await readArchivedImage(file, path));
    const entry = { image, file: now };
    this.#known.set(sha256, entry);
    await makeDirectory(this.#directory, 0o700);
    await writeFileAtomic(join(this.#directory, `${sha256}.json`), `${JSON.stringify(entry)}\n`);
    return entry;
  }

  /** Reads what an earlier process remembered. It only saves work: when it is damaged, the archive is read again. */
  async #recall(sha256: string): Promise<Remembered | undefined> {
    const text = await readFileIfPresent(join(this.#directory, `${sha256}.json`)).catch(
      ignoring('what cannot be read is found out again'),
    );
    try {
      return text === undefined ? undefined : remembered.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}

async function opened(path: string): Promise<FileHandle> {
  return await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new VhiveError({
      code: 'usage',
      message: `the archive ${path} cannot be read: ${cause.message}`,
      hint: 'is the mirror tree where it was? fill it again: vhive-coord mirror pull',
      cause,
    });
  });
}

async function fingerprintOf(file: FileHandle, path: string): Promise<Remembered['file']> {
  const { size, mtimeMs, ctimeMs, ino } = await file.stat();
  return { path, size, mtimeMs, ctimeMs, inode: ino };
}

function isSame(a: Remembered['file'], b: Remembered['file'] | undefined): boolean {
  return (
    b !== undefined &&
    a.path === b.path &&
    a.size === b.size &&
    a.mtimeMs === b.mtimeMs &&
    a.ctimeMs === b.ctimeMs &&
    a.inode === b.inode
  );
}

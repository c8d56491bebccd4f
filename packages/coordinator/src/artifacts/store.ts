import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { withFileLock } from '@vhive/base/files/file-lock';
import { hashFile } from '@vhive/base/files/hash-file';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { syncFile } from '@vhive/base/files/sync';
import { ignoring } from '@vhive/base/ignoring';
import pLimit from 'p-limit';
import * as z from 'zod';
import { SeenFiles } from './seen-files.ts';

/** A verified file in the store. */
export interface StoredArtifact {
  path: string;
  sha256: string;
  bytes: number;
}

/**
 * The size, time and inode that a file had when its content was last verified. As long as they stay the same, it is not
 * hashed again.
 */
const fingerprint = z.object({ bytes: z.number(), mtimeMs: z.number(), inode: z.number() });
type Fingerprint = z.infer<typeof fingerprint>;
const index = z.record(z.string(), fingerprint);

/** The names of scratch files begin with this. */
const SCRATCH = 'scratch-';
/** A scratch file to which nobody has written for so many milliseconds was left by a process that was killed. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** So many downloads run at once. */
const MOST_TRANSFERS = 4;

/**
 * A store of files by their content: `<directory>/sha256/<hash>`, written atomically. `index.json` remembers size, time
 * and inode of each file at its last verification, so that a restart need not read gigabytes. A file that looks
 * different is hashed again before it is used, and removed when its content is not what its name says.
 */
export class ArtifactStore {
  /** The digests of the mirror's files, as far as they were read. */
  readonly seen: SeenFiles;
  readonly #directory: string;
  readonly #known: Map<string, Fingerprint>;
  readonly #checking = new Map<string, Promise<StoredArtifact | undefined>>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #transfers = pLimit(MOST_TRANSFERS);
  #indexWritten: Promise<void> = Promise.resolve();

  private constructor(directory: string, known: Map<string, Fingerprint>) {
    this.#directory = directory;
    this.seen = new SeenFiles(join(directory, 'mirror.json'));
    this.#known = known;
  }

  /** Opens the store and makes its directories (0700) where they are missing. */
  static async open(directory: string): Promise<ArtifactStore> {
    for (const part of ['sha256', 'partial']) await makeDirectory(join(directory, part), 0o700);
    await removeAbandoned(join(directory, 'partial'));
    return new ArtifactStore(directory, await readIndex(join(directory, 'index.json')));
  }

  /** Finds a verified file. The result is undefined when the store does not have it. */
  async find(sha256: string): Promise<StoredArtifact | undefined> {
    const checking = this.#checking.get(sha256) ?? this.#check(sha256).finally(() => this.#checking.delete(sha256));
    this.#checking.set(sha256, checking);
    return await checking;
  }

  /**
   * Runs `work` with the path at which a download of that name collects its bytes. They are kept until the file is
   * added, so that a later process can go on. `work` has the path alone, among all processes. At most four of them run
   * at once in this process.
   */
  async exclusively<T>(name: string, signal: AbortSignal, work: (partial: string) => Promise<T>): Promise<T> {
    const partial = join(this.#directory, 'partial', createHash('sha256').update(name).digest('hex').slice(0, 32));
    const mine = (this.#turns.get(name) ?? Promise.resolve()).then(async () => {
      signal.throwIfAborted();
      return await this.#transfers(() => withFileLock(`${partial}.lock`, () => work(partial), { signal }));
    });
    const settled = mine.catch(ignoring('the caller gets the error; the next one only waits for its turn'));
    this.#turns.set(name, settled);
    void settled.then(() => {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    });
    return await mine;
  }

  /** Runs `work` with the path of a scratch file, which is removed afterwards. `add` may take it in before. */
  async withScratchFile<T>(work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#directory, 'partial', `${SCRATCH}${randomUUID()}`);
    try {
      return await work(path);
    } finally {
      for (const file of [path, `${path}.json`]) await rm(file, { force: true });
    }
  }

  /** Returns the room on the store's file system for files of this process's user, in bytes. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#directory);
    return bavail * bsize;
  }

  /**
   * Takes in a file whose content has been verified. It is moved when it is a partial file of this store, and otherwise
   * copied.
   */
  async add(file: string, sha256: string): Promise<StoredArtifact> {
    const target = this.#path(sha256);
    let source = file;
    if (!file.startsWith(join(this.#directory, 'partial'))) {
      source = join(this.#directory, 'partial', `${sha256}.copy-${process.pid}`);
      // The copy is copy-on-write where the file system can do that. It is never a hard link, so that nobody can change
      // it from outside.
      await copyFile(file, source, constants.COPYFILE_FICLONE);
    }
    await syncFile(source);
    await rename(source, target);
    const found = await fingerprintOf(target);
    if (!found) throw new Error(`${target} vanished`);
    await this.#remember(sha256, found);
    return { path: target, sha256, bytes: found.bytes };
  }

  /** Removes a file that is kept elsewhere. */
  async remove(sha256: string): Promise<void> {
    this.#known.delete(sha256);
    await rm(this.#path(sha256), { force: true });
  }

  #path(sha256: string): string {
    return join(this.#directory, 'sha256', sha256);
  }

  async #check(sha256: string): Promise<StoredArtifact | undefined> {
    const path = this.#path(sha256);
    const found = await fingerprintOf(path);
    if (!found) return undefined;
    const known = this.#known.get(sha256);
    const same = known?.bytes === found.bytes && known.mtimeMs === found.mtimeMs && known.inode === found.inode;
    if (!same) {
      if ((await hashFile(path)).sha256 !== sha256) {
        await rm(path, { force: true });
        return undefined;
      }
      await this.#remember(sha256, found);
    }
    return { path, sha256, bytes: found.bytes };
  }

  async #remember(sha256: string, found: Fingerprint): Promise<void> {
    this.#known.set(sha256, found);
    const file = join(this.#directory, 'index.json');
    this.#indexWritten = this.#indexWritten
      .catch(ignoring('the caller that wrote gets the error; the next write has all entries'))
      .then(() => writeFileAtomic(file, `${JSON.stringify(Object.fromEntries(this.#known), null, 1)}\n`));
    await this.#indexWritten;
  }
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(SCRATCH)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(ignoring('another process may have removed the file'));
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
  }
}

/** Reads the index. It only saves work: when it is missing or damaged, files are hashed again. */
async function readIndex(path: string): Promise<Map<string, Fingerprint>> {
  try {
    return new Map(Object.entries(index.parse(JSON.parse((await readFileIfPresent(path)) ?? '{}'))));
  } catch {
    return new Map();
  }
}

async function fingerprintOf(path: string): Promise<Fingerprint | undefined> {
  const found = await stat(path).catch(ignoring('a file that does not exist has no fingerprint'));
  return found?.isFile() ? { bytes: found.size, mtimeMs: found.mtimeMs, inode: found.ino } : undefined;
}

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '@vhive/base/files/sync';
import { temporaryBeside } from '@vhive/base/files/temporary-files';

/** So many characters are gathered before they are written. */
const BUFFER_CHARACTERS = 64 * 1024;

/** A text file that grows while a load goes, and takes its place and name when it is whole. */
export class GrowingFile {
  readonly #temporary: string;
  readonly #file: FileHandle;
  #text = '';
  #writes: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  private constructor(temporary: string, file: FileHandle) {
    this.#temporary = temporary;
    this.#file = file;
  }

  /** Opens the file in a directory that there is. Rejects where that is not possible. */
  static async open(directory: string): Promise<GrowingFile> {
    const temporary = temporaryBeside(join(directory, 'file'));
    return new GrowingFile(temporary, await open(temporary, 'wx', 0o644));
  }

  /** Adds text. It never throws: what cannot be written is told by {@link finish}. */
  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= BUFFER_CHARACTERS) this.#flush();
  }

  /** Gives the file its name. Rejects with the first failure, also of a write before; then there is no such file. */
  async finish(path: string): Promise<void> {
    this.#flush();
    await this.#writes;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#temporary, path);
    } catch (error) {
      await this.discard();
      if (error instanceof Error && !('path' in error)) Object.assign(error, { path });
      throw error;
    }
    await syncDirectory(dirname(path));
  }

  /** Removes the file. */
  async discard(): Promise<void> {
    await this.#writes;
    await this.#file.close();
    await rm(this.#temporary, { force: true });
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text === '' || this.#failure !== undefined) return;
    this.#writes = this.#writes
      .then(() => this.#file.appendFile(text))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }
}

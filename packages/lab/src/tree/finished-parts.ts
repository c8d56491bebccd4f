import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns a digest of anything that JSON can hold, so that two builds from equal inputs have equal keys. */
export function inputKey(...inputs: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/** Remembers which parts of the build are finished, so that an interrupted build continues where it stopped. */
export class FinishedParts {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Does `work` unless it was finished before with the same inputs, whose digest is `key`. The work may find left-overs
   * of an interrupted try and must cope with them.
   */
  async once(part: string, key: string, work: () => Promise<void>): Promise<void> {
    const mark = join(this.#directory, part);
    if ((await readFile(mark, 'utf8').catch(() => '')) === key) return;
    await rm(mark, { force: true });
    await work();
    await mkdir(this.#directory, { recursive: true });
    await writeFile(`${mark}.partial`, key);
    await rename(`${mark}.partial`, mark);
  }

  /** Forgets a part whose result was deleted. */
  async forget(part: string): Promise<void> {
    await rm(join(this.#directory, part), { force: true });
  }
}

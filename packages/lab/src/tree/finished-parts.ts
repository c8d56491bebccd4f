import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A digest of anything JSON can hold: two builds from equal inputs have equal keys. */
export function inputKey(...inputs: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/** Remembers which parts of the build are done, so that an interrupted build goes on where it was. */
export class FinishedParts {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Does `work` unless it was finished before from the same inputs (`key`). The work may find left-overs of an
   * interrupted try and must cope with them.
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

  /** Forgets a part whose result has been deleted. */
  async forget(part: string): Promise<void> {
    await rm(join(this.#directory, part), { force: true });
  }
}

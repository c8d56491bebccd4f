import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { ignoring } from '@vhive/base/ignoring';

/** What is known of programs that were made: the inputs, and the Go modules among those. */
interface Record {
  readonly key: string;
  readonly modules: readonly string[];
}

const record = 'made-from.json';

/**
 * The programs of earlier builds, compressed, one folder for each component. A component whose folder has the record of
 * its inputs is finished: the record is written last.
 */
export class KeptPrograms {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Tells whether the programs of a component are kept and were made from the same inputs.
   *
   * @param keyOf gives the digest of the inputs, of which these modules are a part
   */
  async has(component: string, keyOf: (modules: readonly string[]) => string): Promise<boolean> {
    const file = join(this.#directory, component, record);
    const text = await readFile(file, 'utf8').catch(ignoring('nothing is kept: the component has to be made'));
    if (text === undefined) return false;
    // The record was written by this code and in one step.
    const { key, modules }: Record = JSON.parse(text);
    return key === keyOf(modules);
  }

  /** Keeps the programs that lie in `folder`. */
  async keep(component: string, folder: string, made: Record, signal?: AbortSignal): Promise<void> {
    const target = join(this.#directory, component);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    for (const program of await readdir(folder)) {
      const packed = createWriteStream(join(target, `${program}.zst`));
      await pipeline(createReadStream(join(folder, program)), createZstdCompress(), packed, { signal });
    }
    await writeFileAtomic(join(target, record), `${JSON.stringify(made)}\n`, { mode: 0o644 });
  }

  /** Deletes what is kept of components that there are no more. */
  async forgetOthers(components: readonly string[]): Promise<void> {
    const folders = await readdir(this.#directory).catch(ignoring('nothing is kept yet'));
    for (const name of folders ?? []) {
      if (!components.includes(name)) await rm(join(this.#directory, name), { recursive: true });
    }
  }

  /** Puts the kept programs of a component into `folder`, in place of what is there. */
  async restore(component: string, folder: string, signal?: AbortSignal): Promise<void> {
    const source = join(this.#directory, component);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const file of (await readdir(source)).filter((name) => name.endsWith('.zst'))) {
      const program = createWriteStream(join(folder, basename(file, '.zst')), { mode: 0o755 });
      await pipeline(createReadStream(join(source, file)), createZstdDecompress(), program, { signal });
    }
  }
}

import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';

/** Replaces a file at once, unless it has this content already. */
export async function writeIfChanged(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(Buffer.from(content))) return;
  await writeFileAtomic(file, content, { mode, directoryMode: 0o755 });
}

/** A program that runs from the release may still ask for a part of its own build: parts stay for a while, in ms. */
const graceTime = 3_600_000;

/** Removes parts of earlier builds. */
export async function removeOldChunks(directory: string, current: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (current.has(name)) continue;
    const file = join(directory, name);
    if (Date.now() - (await stat(file)).mtimeMs > graceTime) await rm(file);
  }
}

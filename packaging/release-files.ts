import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';

/** Replaces a file in one step, unless it has this content already. */
export async function writeIfChanged(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(Buffer.from(content))) return;
  await writeFileAtomic(file, content, { mode, directoryMode: 0o755 });
}

/**
 * Parts of an earlier build stay for this long, in milliseconds, because a program that runs from the release may still
 * load one of them.
 */
const graceTime = 3_600_000;

/** Removes the parts of earlier builds. */
export async function removeOldChunks(directory: string, current: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (current.has(name)) continue;
    const file = join(directory, name);
    if (Date.now() - (await stat(file)).mtimeMs > graceTime) await rm(file);
  }
}

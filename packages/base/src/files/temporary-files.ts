import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ignoring } from '../ignoring.ts';
import { isAlive } from '../is-alive.ts';

/** The names of our temporary files: the process that makes one is part of its name. */
const ours = /^\.vhive-(\d+)-[0-9a-f]+\.tmp$/;

/** Returns whether a file of this name is a temporary file of ours, which a killed process may have left. */
export function isTemporaryFile(name: string): boolean {
  return ours.test(name);
}

/** Where the directories in which this process makes temporary files are noted. */
let notes: { file: string; noted: Set<string> } | undefined;

/** Where a file is built before it takes its place: in the same directory, so that the rename stays on one file system. */
export function temporaryBeside(path: string): string {
  const directory = dirname(path);
  if (notes && !notes.noted.has(directory)) note(directory, notes);
  return join(directory, `.vhive-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
}

/** Notes a directory before the first file is made in it, so that a kill at any moment leaves none that nobody knows of. */
function note(directory: string, { file, noted }: { file: string; noted: Set<string> }): void {
  noted.add(directory);
  try {
    appendFileSync(file, `${directory}\n`, { mode: 0o600 });
  } catch {
    // Where it cannot be noted, a kill may leave a file behind. That is no reason not to write what has to be written.
  }
}

/**
 * Removes the temporary files that earlier processes left behind when they were killed, in all directories that they
 * noted in `file`, and from now on notes there in which directories this process makes some. For a program that writes
 * files all over its host.
 */
export async function keepTrackOfTemporaries(file: string): Promise<void> {
  const noted = new Set(
    ((await readFile(file, 'utf8').catch(ignoring('the first time there are no notes'))) ?? '')
      .split('\n')
      .filter((line) => line.startsWith('/')),
  );
  for (const directory of noted) await removeLeftTemporaries(directory);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  notes = { file, noted };
}

/** Removes the temporary files of processes that are gone from a directory. One that does not exist has none. */
export async function removeLeftTemporaries(directory: string, options: { recursive?: boolean } = {}): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true, ...options }).catch(
    ignoring('what is not there, or cannot be read, has nothing of ours'),
  );
  for (const { name, parentPath } of entries ?? []) {
    const pid = Number(ours.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) await rm(join(parentPath, name), { force: true });
  }
}

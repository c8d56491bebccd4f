import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { megabytes } from '@vhive/base/megabytes';
import { runCommand } from './command.ts';
import { FinishedParts } from './finished-parts.ts';
import type { MirrorPaths } from './paths.ts';

/**
 * Deletes what a finished build no longer needs. This is everything except the downloaded packages and the compiled
 * programs in compressed form, with which a changed recipe is built in a minute: only what changed is compiled.
 */
export async function deleteLeftOvers(
  paths: MirrorPaths,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  await new FinishedParts(paths.finished).forget('trees');
  const kept = [paths.apt, paths.finished, paths.kept];
  for (const name of await readdir(paths.build)) {
    const path = join(paths.build, name);
    if (!kept.includes(path)) await rm(path, { recursive: true, force: true });
  }
  const programs = megabytes(await sizeOnDisk(paths.kept, signal));
  const packages = megabytes(await sizeOnDisk(paths.apt, signal));
  log(`kept for the next build: ${programs} of compiled programs, ${packages} of Debian packages`);
}

/** Returns the space that a folder takes on the disk, in bytes. */
export async function sizeOnDisk(directory: string, signal?: AbortSignal): Promise<number> {
  const args = ['--summarize', '--block-size=1', directory];
  const output = await runCommand('du', args, { purpose: `measuring ${directory}`, signal });
  return Number.parseInt(output, 10);
}

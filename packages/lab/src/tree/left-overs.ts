import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { megabytes } from '@vhive/base/megabytes';
import { runCommand } from './command.ts';
import { FinishedParts } from './finished-parts.ts';
import type { MirrorPaths } from './paths.ts';

/** A compiler cache that takes more than this many bytes on the disk is not worth its space. */
const largestGoCache = 2.5e9;

/**
 * Deletes what a finished build no longer needs. This is everything except the downloaded packages and, unless it has
 * grown too large, Go's compiler cache, with which a changed recipe is built in a minute.
 */
export async function deleteLeftOvers(
  paths: MirrorPaths,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parts = new FinishedParts(paths.finished);
  for (const part of ['trees', 'openapi', 'programs']) await parts.forget(part);
  const trees = [paths.tools, paths.debian, paths.goPath, paths.goTemporary, paths.bin, paths.made, paths.staging];
  trees.push(join(paths.build, 'openapi-violations'));
  for (const tree of trees) await rm(tree, { recursive: true, force: true });
  const goCacheSize = await sizeOnDisk(paths.goCache, signal);
  if (goCacheSize > largestGoCache) await rm(paths.goCache, { recursive: true, force: true });
  const kept = goCacheSize > largestGoCache ? 'no compiler cache' : `${megabytes(goCacheSize)} of compiler cache`;
  const packages = megabytes(await sizeOnDisk(paths.apt, signal));
  log(`kept for the next build: ${kept}, ${packages} of Debian packages`);
}

/** Returns the space that a folder takes on the disk, in bytes. */
export async function sizeOnDisk(directory: string, signal?: AbortSignal): Promise<number> {
  const args = ['--summarize', '--block-size=1', directory];
  const output = await runCommand('du', args, { purpose: `measuring ${directory}`, signal });
  return Number.parseInt(output, 10);
}

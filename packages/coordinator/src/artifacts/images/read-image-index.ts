import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMAGE_INDEX, type MirroredImage, parseImageIndex } from '@vhive/base/image-index';
import { FileAbsentError } from '../sources/file-absent.ts';
import type { Mirror } from '../sources/mirror-tree.ts';
import { fileOfMirror } from '../sources/sources-of.ts';

/**
 * Reads which images a mirror tree says it has. The result is empty where there is no index; archives are then looked
 * for by their names alone. Throws VhiveError `usage` when the index is damaged, and `unreachable` when the mirror does
 * not answer.
 */
export async function readImageIndex(mirror: Mirror, signal: AbortSignal): Promise<MirroredImage[]> {
  const source = fileOfMirror(IMAGE_INDEX, mirror);
  const scratch = await mkdtemp(join(tmpdir(), 'vhive-images-'));
  try {
    const { path } = await source.open(join(scratch, IMAGE_INDEX), { signal, retries: 2 });
    return parseImageIndex(await readFile(path, 'utf8'), source.describe);
  } catch (error) {
    if (error instanceof FileAbsentError) return [];
    throw error;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

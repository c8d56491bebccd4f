import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMAGE_INDEX, type MirroredImage, parseImageIndex, readIndexOf } from '@vhive/base/image-index';
import { download, FileAbsentError } from '../download.ts';
import type { Mirror } from '../mirror/mirror.ts';

/**
 * The images a mirror says it has; empty where there is no index: then archives are looked for by their names alone.
 * Throws VhiveError `usage` when it is damaged, `unreachable` when the mirror does not answer.
 */
export async function readImageIndex(mirror: Mirror, signal: AbortSignal): Promise<MirroredImage[]> {
  if (mirror.type === 'directory') return await readIndexOf(mirror.root);
  const url = `${mirror.base}/${IMAGE_INDEX}`;
  const directory = await mkdtemp(join(tmpdir(), 'vhive-images-'));
  try {
    const file = join(directory, IMAGE_INDEX);
    await download(url, file, { signal, retries: 2 });
    return parseImageIndex(await readFile(file, 'utf8'), url);
  } catch (error) {
    if (error instanceof FileAbsentError) return [];
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}

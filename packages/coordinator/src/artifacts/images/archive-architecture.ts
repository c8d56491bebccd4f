import { open } from 'node:fs/promises';
import { readArchivedImage } from '../registry/archived-image.ts';

/**
 * Returns the architecture of the image in an archive, as its configuration says. The result is empty when the
 * configuration does not say it. Throws VhiveError `refused` when the file is no such archive.
 */
export async function archiveArchitecture(path: string): Promise<string> {
  await using file = await open(path);
  return (await readArchivedImage(file, path)).architecture;
}

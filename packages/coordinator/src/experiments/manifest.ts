import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { hashFile } from '@vhive/base/files/hash-file';

/** The name of the file that has the hashes of all others. It is written last, so a folder without it is not complete. */
export const MANIFEST = 'manifest.json';

/** The content of {@link MANIFEST}: the files of a folder, by their paths in it. */
export interface Manifest {
  files: Record<string, { bytes: number; sha256: string }>;
}

/** Writes the sizes and hashes of all files of a folder into its manifest. */
export async function writeManifest(folder: string): Promise<Manifest> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== MANIFEST)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files: Manifest['files'] = {};
  for (const path of paths) {
    const { bytes, sha256 } = await hashFile(path);
    files[relative(folder, path).split(sep).join('/')] = { bytes, sha256 };
  }
  const manifest = { files };
  await writeFileAtomic(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o644 });
  return manifest;
}

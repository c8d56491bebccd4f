import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Returns the folder with the Go source of a lab program: in `packages/lab/programs/` of a clone, in `lib/lab/` of a
 * release.
 */
export function programSourceFolder(name: string): string {
  const here = import.meta.dirname;
  if (import.meta.url.endsWith('/packages/lab/src/tree/go/program-source.ts'))
    return join(here, '../../../programs', name);
  return join(basename(here) === 'chunks' ? dirname(here) : here, 'lab', name);
}

/** Returns the Go source of a lab program as the name and the text of each file. */
export function programSource(name: string): [file: string, text: string][] {
  const folder = programSourceFolder(name);
  const files = readdirSync(folder).toSorted();
  return files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

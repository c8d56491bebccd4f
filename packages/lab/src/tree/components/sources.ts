import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Gives the folder with the pinned Go modules of a group, or with one of the lab's own Go programs. */
export type SourceFolder = (kind: 'modules' | 'programs', name: string) => string;

/**
 * Returns the folder with the pinned Go modules or with the lab's own Go programs: in `packages/lab` of a clone, in
 * `lib/lab` of a release.
 */
export const sourceFolder: SourceFolder = (kind, name) => {
  const here = import.meta.dirname;
  if (import.meta.url.endsWith('/packages/lab/src/tree/components/sources.ts'))
    return join(here, '../../..', kind, name);
  return join(basename(here) === 'chunks' ? dirname(here) : here, 'lab', kind, name);
};

/** Returns the name and the text of each Go source file of a folder, sorted. Its tests are left out. */
export function goSources(folder: string): [file: string, text: string][] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  return files.toSorted().map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

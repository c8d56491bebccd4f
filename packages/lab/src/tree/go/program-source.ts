import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFolder } from '../components/sources.ts';

/** Returns the folder with the Go source of a lab program. */
export function programSourceFolder(name: string): string {
  return sourceFolder('programs', name);
}

/** Returns the Go source of a lab program as the name and the text of each file. */
export function programSource(name: string): [file: string, text: string][] {
  const folder = programSourceFolder(name);
  const files = readdirSync(folder).toSorted();
  return files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

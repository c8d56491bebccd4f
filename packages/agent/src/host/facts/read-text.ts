import { readFile } from 'node:fs/promises';

/** Reads a small file as text and trims it. Returns undefined when it cannot be read, for whatever reason. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

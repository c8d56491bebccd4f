import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** An entry in a directory. */
export interface TreeEntry {
  /** The path relative to the directory. */
  path: string;
  type: 'file' | 'directory' | 'symlink' | 'other';
  /** The permission bits. */
  mode: number;
  /** The content of a file. */
  content?: Buffer;
  /** The target of a symbolic link. */
  target?: string;
}

/**
 * Lists everything below a directory, sorted by path. The list is empty when there is no such directory. Files that
 * vanish meanwhile are left out.
 */
export async function directoryTree(directory: string): Promise<TreeEntry[]> {
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const entries = await Promise.all(names.sort().map((path) => entryOf(directory, path).catch(() => undefined)));
  return entries.filter((entry) => entry !== undefined);
}

/** Writes one line per entry, with type, mode and a digest of the content. Equal trees have equal lines. */
export async function treeLines(directory: string): Promise<string[]> {
  return (await directoryTree(directory)).map(({ path, type, mode, content, target }) => {
    const digest = content && createHash('sha256').update(content).digest('hex').slice(0, 16);
    return [path, type, mode.toString(8), digest ?? target ?? ''].join(' ').trimEnd();
  });
}

async function entryOf(directory: string, path: string): Promise<TreeEntry> {
  const full = join(directory, path);
  const status = await lstat(full);
  const base = { path, mode: status.mode & 0o7777 };
  if (status.isFile()) return { ...base, type: 'file', content: await readFile(full) };
  if (status.isSymbolicLink()) return { ...base, type: 'symlink', target: await readlink(full) };
  return { ...base, type: status.isDirectory() ? 'directory' : 'other' };
}

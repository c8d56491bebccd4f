import { lstat, mkdir, open, readdir, readlink, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { failedForGood } from '../kit/failures.ts';
import type { Receipt } from './receipts.ts';

/** The part of an archive that is wanted. */
export interface Selection {
  /** The number of leading path components to drop. */
  strip: number;
  /** The wanted paths in the archive; an empty list means all. A directory stands for everything below it. */
  only: readonly string[];
}

const normalised = (path: string) => path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');

/**
 * Unpacks an archive into an empty directory. Throws when an entry would leave the directory or the archive is broken.
 */
export async function unpackInto(archive: string, directory: string, selection: Selection): Promise<void> {
  const wanted = selection.only.map(normalised);
  // Complaints are collected and thrown afterwards, because an exception within the parser's callbacks would end the
  // whole agent.
  const complaints: string[] = [];
  await extract({
    file: archive,
    cwd: directory,
    strip: selection.strip,
    // The owners in an archive are those of its build machine and mean nothing here.
    preserveOwner: false,
    chmod: true,
    processUmask: 0o022,
    filter: (path) => {
      if (path.startsWith('/') || path.split('/').includes('..')) {
        complaints.push(`it holds the unsafe path ${JSON.stringify(path)}`);
        return false;
      }
      const entry = normalised(path);
      return wanted.length === 0 || wanted.some((only) => entry === only || entry.startsWith(`${only}/`));
    },
    onwarn: (code, message) => {
      if (code !== 'TAR_ENTRY_INFO' && code !== 'TAR_ENTRY_UNSUPPORTED') complaints.push(String(message));
    },
  });
  if (complaints[0] !== undefined) throw failedForGood(`the archive cannot be unpacked: ${complaints[0]}`);
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Moves everything below `from` to the same relative path below `to`, file by file and each atomically. Returns what
 * was moved.
 */
export async function moveTree(from: string, to: string, prefix = ''): Promise<Receipt['files']> {
  const moved: Receipt['files'] = [];
  const entries = await readdir(join(from, prefix), { withFileTypes: true });
  for (const entry of entries) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      await mkdir(join(to, path), { recursive: true, mode: 0o755 });
      moved.push(...(await moveTree(from, to, path)));
      continue;
    }
    const { size } = await lstat(join(from, path));
    if (entry.isSymbolicLink()) moved.push({ path, bytes: size, link: await readlink(join(from, path)) });
    else {
      await syncFile(join(from, path));
      moved.push({ path, bytes: size });
    }
    await rename(join(from, path), join(to, path));
  }
  return moved;
}

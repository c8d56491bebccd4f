import { lstat, mkdir, open, readdir, readlink, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { failedForGood } from '../kit/failures.ts';
import type { Receipt } from './receipts.ts';

/** Which part of an archive is wanted. */
export interface Selection {
  /** Leading path components to drop. */
  strip: number;
  /** Paths in the archive; empty: all. A directory stands for all below it. */
  only: readonly string[];
}

const normalised = (path: string) => path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');

/** Unpacks into an empty directory. Entries that would leave it, and broken archives, are errors. */
export async function unpackInto(archive: string, directory: string, selection: Selection): Promise<void> {
  const wanted = selection.only.map(normalised);
  // Noted and thrown afterwards: an exception within the parser's callbacks would end the whole agent.
  const complaints: string[] = [];
  await extract({
    file: archive,
    cwd: directory,
    strip: selection.strip,
    // Archives carry the owners of their build machine.
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

/** Moves everything below `from` to the same place below `to`, file by file and each atomically. Returns what was moved. */
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

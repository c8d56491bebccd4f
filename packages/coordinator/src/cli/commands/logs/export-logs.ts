import { createHash, randomBytes } from 'node:crypto';
import { appendFile, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '@vhive/base/files/make-directory';
import type { LogLine } from '@vhive/shared';
import { logFileText } from './log-text.ts';

/**
 * So many characters are gathered per file before they are written. There may be many nodes, so no file is kept open.
 */
const BUFFER_CHARACTERS = 64 * 1024;

/**
 * Writes `<directory>/<node>/<phase>.log`, mode 0600. A file appears under its name, complete, only when all lines have
 * been received. Files of an earlier export are replaced. Returns the paths written.
 */
export async function exportLogs(lines: AsyncIterable<LogLine>, directory: string): Promise<string[]> {
  const suffix = `.part-${randomBytes(6).toString('hex')}`;
  const pending = new Map<string, string[]>();
  const sizes = new Map<string, number>();
  const flush = async (path: string) => {
    const text = pending.get(path)?.join('') ?? '';
    pending.set(path, []);
    sizes.set(path, 0);
    await makeDirectory(dirname(path), 0o700);
    await appendFile(path + suffix, text, { mode: 0o600 });
  };
  try {
    for await (const line of lines) {
      const path = join(directory, component(line.node), `${component(line.phase)}.log`);
      const text = `${logFileText(line)}\n`;
      const buffer = pending.get(path);
      if (buffer) buffer.push(text);
      else pending.set(path, [text]);
      const size = (sizes.get(path) ?? 0) + text.length;
      sizes.set(path, size);
      if (size > BUFFER_CHARACTERS) await flush(path);
    }
    for (const path of pending.keys()) {
      await flush(path);
      await syncAndRename(path + suffix, path);
    }
  } catch (cause) {
    await Promise.all([...pending.keys()].map((path) => rm(path + suffix, { force: true })));
    throw cause;
  }
  return [...pending.keys()];
}

async function syncAndRename(from: string, to: string): Promise<void> {
  const file = await open(from, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(from, to);
}

/** The longest part of a path that is taken over as it is, in characters. */
const LONGEST = 100;

/**
 * Makes a part of a path from a name. Names come from other hosts: what could lead out of the directory, hide a file or
 * be too long for one is written in another way, and no line is lost because of it.
 */
function component(name: string): string {
  if (name.length <= LONGEST && /^[A-Za-z0-9@][A-Za-z0-9@._-]*$/.test(name)) return name;
  const escaped = Buffer.from(name.slice(0, LONGEST / 2))
    .toString('latin1')
    .replaceAll(/[^A-Za-z0-9-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .slice(0, LONGEST);
  return `${escaped}%${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

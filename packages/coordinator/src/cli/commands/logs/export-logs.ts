import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LogLine, VhiveError } from '@vhive/shared';
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
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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

/** Makes a safe part of a path from a name. Names come from other hosts and must not lead out of the directory. */
function component(name: string): string {
  if (/^[A-Za-z0-9@][A-Za-z0-9@._-]*$/.test(name)) return name;
  throw new VhiveError({
    code: 'internal',
    message: `the log names ${JSON.stringify(name)}, which cannot be a file name`,
  });
}

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Records } from './ports.ts';

/** Records as files of a directory (0700), one per name, replaced atomically. Unreadable ones count as absent. */
export function createRecords(directory: string): Records {
  const fileOf = (name: string) => join(directory, `${fileName(name)}.json`);
  let serial = 0;
  return {
    async get(name) {
      try {
        return JSON.parse(await readFile(fileOf(name), 'utf8')) as unknown;
      } catch {
        return undefined;
      }
    },
    async set(name, value) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const temporary = `${fileOf(name)}.${process.pid}.${serial++}.tmp`;
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(value));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, fileOf(name));
    },
  };
}

/** The name itself, for people who look; names too long for a file system stand as their hash. */
function fileName(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('.', '%2E');
  return encoded.length <= 200 ? encoded : createHash('sha256').update(name).digest('hex');
}

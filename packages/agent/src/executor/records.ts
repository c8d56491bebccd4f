import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import type { Records } from './ports.ts';

/** Records as files of a directory (0700), one per name, replaced atomically. Unreadable ones count as absent. */
export function createRecords(directory: string): Records {
  const fileOf = (name: string) => join(directory, `${fileName(name)}.json`);
  return {
    async get(name) {
      try {
        return JSON.parse(await readFile(fileOf(name), 'utf8')) as unknown;
      } catch {
        return undefined;
      }
    },
    set: (name, value) => writeFileAtomic(fileOf(name), JSON.stringify(value)),
  };
}

/** The name itself, for people who look; names too long for a file system stand as their hash. */
function fileName(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('.', '%2E');
  return encoded.length <= 200 ? encoded : createHash('sha256').update(name).digest('hex');
}

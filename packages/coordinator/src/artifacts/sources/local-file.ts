import { stat } from 'node:fs/promises';
import { exists } from '@vhive/base/files/exists';
import { FileAbsentError } from './file-absent.ts';
import type { Source } from './source.ts';

/** A file of a mirror tree that lies on a file system of this machine: used where it is. */
export function localFile(path: string): Source {
  return {
    describe: path,
    localPath: path,
    look: async () => ((await exists(path)) ? 'there' : 'absent'),
    async open(_, { onProgress }) {
      const { size } = await stat(path).catch((cause: unknown) => {
        throw absentInMirror(path, cause);
      });
      onProgress?.(size, size);
      return { path, resumed: false, discard: async () => undefined };
    },
  };
}

/** Says which file the mirror lacks. */
function absentInMirror(path: string, cause: unknown): FileAbsentError {
  return new FileAbsentError({
    code: 'usage',
    message: `the mirror has no file ${path}`,
    hint: 'fill it on a connected machine: vhive-coord mirror pull --to <directory>',
    cause,
  });
}

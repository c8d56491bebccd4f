import { stat } from 'node:fs/promises';
import { exists } from '@vhive/base/files/exists';
import { messageOf, VhiveError } from '@vhive/shared';
import { FileAbsentError } from './file-absent.ts';
import type { Source } from './source.ts';

/** A file of a mirror tree on a file system of this machine. It is used where it is. */
export function localFile(path: string): Source {
  return {
    describe: path,
    localPath: path,
    look: async () => ((await exists(path)) ? 'there' : 'absent'),
    async open(_, { onProgress }) {
      const { size } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
        throw ['ENOENT', 'ENOTDIR'].includes(cause.code ?? '') ? absent(path, cause) : unreadable(path, cause);
      });
      onProgress?.(size, size);
      return { path, resumed: false, discard: async () => undefined };
    },
  };
}

/** Makes the error that says which file the mirror tree lacks. */
function absent(path: string, cause: Error): FileAbsentError {
  return new FileAbsentError({
    code: 'usage',
    message: `there is no file ${path}`,
    hint: 'fill the mirror on a machine with internet access: vhive-coord mirror pull --to <directory>',
    cause,
  });
}

function unreadable(path: string, cause: Error): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `the mirror's file ${path} cannot be read: ${messageOf(cause)}`,
    cause,
  });
}

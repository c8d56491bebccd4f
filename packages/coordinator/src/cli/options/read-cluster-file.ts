import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { SourceText } from '@vhive/core/cluster-file/source-file';
import { messageOf, VhiveError } from '@vhive/shared';

/** So many bytes are read at most, because the path may be that of a device. It is more than a cluster file may have. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Reads a cluster file. Throws a usage error, with what to type instead, when it cannot be read. */
export async function readClusterFile(
  path: string,
  hint = 'give its path with --config, or leave it out: every field has a default',
): Promise<SourceText> {
  try {
    return { path, text: await text(createReadStream(path, { end: MOST_BYTES })) };
  } catch (cause) {
    throw new VhiveError({
      code: 'usage',
      message: `the cluster file ${path} cannot be read: ${messageOf(cause)}`,
      hint,
      cause,
    });
  }
}

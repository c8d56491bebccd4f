import { readFile } from 'node:fs/promises';
import type { SourceText } from '@vhive/core/cluster-file/source-file';
import { messageOf, VhiveError } from '@vhive/shared';

/** Reads a cluster file. Throws a usage error when it cannot be read. */
export async function readClusterFile(path: string): Promise<SourceText> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    throw new VhiveError({
      code: 'usage',
      message: `the cluster file ${path} cannot be read: ${messageOf(cause)}`,
      hint: 'give its path with --config, or leave it out: every field has a default',
      cause,
    });
  }
}

import { statfs } from 'node:fs/promises';
import { megabytes } from '@vhive/base/megabytes';
import { VhiveError } from '@vhive/shared';
import { makeWritable } from './writable-directory.ts';

/** What a call takes in the files of results, bytes: about 110 as measured, and some for names. */
const BYTES_PER_CALL = 200;
/** What everything else takes, bytes. */
const BYTES_BESIDE = 1_000_000;

/**
 * Makes sure that results can be written to a folder, before anything is sent. Its last part is made when it is missing.
 * Throws `usage` for a folder that cannot be had or written to, and `preflight` for a disk without room for so many calls.
 */
export async function prepareDirectory(directory: string, calls: number): Promise<void> {
  await makeWritable('--output-dir', directory, './results');
  const { bavail, bsize } = await statfs(directory);
  const needed = calls * BYTES_PER_CALL + BYTES_BESIDE;
  if (bavail * bsize < needed)
    throw new VhiveError({
      code: 'preflight',
      message: `--output-dir ${directory}: ${megabytes(bavail * bsize)} are free, but the results of ${calls} calls may take ${megabytes(needed)}`,
      hint: `make room there (df -h ${directory}), or name another folder`,
    });
}

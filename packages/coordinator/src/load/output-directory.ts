import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';
import { megabytes } from '@vhive/base/megabytes';
import { messageOf, VhiveError } from '@vhive/shared';

/** What a call takes in the files of results, bytes: about 110 as measured, and some for names. */
const BYTES_PER_CALL = 200;
/** What everything else takes, bytes. */
const BYTES_BESIDE = 1_000_000;

/**
 * Makes sure that results can be written to a folder, before anything is sent. Its last part is made when it is missing.
 * Throws `usage` for a folder that cannot be had or written to, and `preflight` for a disk without room for so many calls.
 */
export async function prepareDirectory(directory: string, calls: number): Promise<void> {
  try {
    if (!(await stat(directory).catch(ignoring('a folder that does not exist is made')))?.isDirectory())
      await mkdir(directory);
    await access(directory, constants.W_OK);
  } catch (error) {
    throw new VhiveError({
      code: 'usage',
      message: `--output-dir ${directory}: cannot be made or written to: ${messageOf(error)}`,
      hint: 'name a folder that you may write to, in a folder that exists: --output-dir ./results',
    });
  }
  const { bavail, bsize } = await statfs(directory);
  const needed = calls * BYTES_PER_CALL + BYTES_BESIDE;
  if (bavail * bsize < needed)
    throw new VhiveError({
      code: 'preflight',
      message: `--output-dir ${directory}: ${megabytes(bavail * bsize)} are free, but the results of ${calls} calls may take ${megabytes(needed)}`,
      hint: `make room there (df -h ${directory}), or name another folder`,
    });
}

import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';
import { messageOf, VhiveError } from '@vhive/shared';

/**
 * Makes sure that a directory is there and can be written to. Only its last part is made: if the folder above it were made
 * too, a typing mistake would put results somewhere unexpected. When that is not possible, it is a mistake of the operator
 * and not a defect of this program, so it throws `usage`, with the option that names the directory, and an example.
 */
export async function makeWritable(option: string, directory: string, example: string): Promise<void> {
  try {
    if (!(await stat(directory).catch(ignoring('a folder that does not exist is made')))?.isDirectory())
      await mkdir(directory);
    await access(directory, constants.W_OK);
  } catch (error) {
    throw new VhiveError({
      code: 'usage',
      message: `${option} ${directory}: cannot be made or written to: ${messageOf(error)}`,
      hint: `name a folder that you may write to, in a folder that exists: ${option} ${example}`,
    });
  }
}

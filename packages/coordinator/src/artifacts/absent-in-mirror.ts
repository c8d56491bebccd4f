import { shortVersion } from '@vhive/core/versions/resolve';
import type { Params } from '@vhive/shared';
import { FileAbsentError } from './sources/file-absent.ts';
import type { Mirror } from './sources/mirror-tree.ts';

/**
 * Makes the error that a mirror tree lacks a file that the cluster needs, or that file's checksum. It says which file
 * is missing where (as `cause` does, if there is one), where the publisher has it, and how it gets into the tree.
 */
export function absentInMirror(
  { name, version, url }: Pick<Params<'artifact.fetch'>, 'name' | 'version' | 'url'>,
  mirror: Mirror,
  cause?: FileAbsentError,
): FileAbsentError {
  const tree = mirror.type === 'directory' ? mirror.root : '<directory of the mirror tree>';
  return new FileAbsentError({
    code: 'usage',
    message: `the mirror has no ${name} ${shortVersion(version)}${cause === undefined ? '' : `: ${cause.message}`}; it is published at ${url}`,
    hint: `on a machine with internet access, with the cluster file of this cluster: vhive-coord mirror pull --config vhive.yaml --to ${tree}`,
    cause,
  });
}

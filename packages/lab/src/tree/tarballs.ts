import { readdir } from 'node:fs/promises';
import { runCommand } from './command.ts';

/**
 * The time stamp of every file in archives, in Unix seconds. It is fixed so that equal content gives equal archives.
 */
export const archiveTime = 1_610_544_000;

/**
 * Writes a tar archive of a folder's entries, owned by root, in a fixed order and with fixed times. It is compressed
 * with gzip when the name of `file` ends in `.gz` or `.tgz`.
 *
 * @param entries names in `directory`, in archive order; by default all of them, sorted
 */
export async function writeTar(
  file: string,
  directory: string,
  options: {
    readonly entries?: readonly string[];
    readonly prefix?: './';
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<void> {
  const entries = options.entries ?? (await readdir(directory)).toSorted();
  const compression = /\.t?gz$/.test(file) ? ['--use-compress-program=gzip --no-name'] : [];
  const settings = [
    ...['--format=gnu', '--sort=name', '--hard-dereference', '--no-acls', '--no-xattrs'],
    ...['--owner=root:0', '--group=root:0', '--numeric-owner', `--mtime=@${archiveTime}`],
  ];
  const names = entries.map((entry) => `${options.prefix ?? ''}${entry}`);
  await runCommand(
    'tar',
    ['--create', ...settings, ...compression, `--file=${file}`, `--directory=${directory}`, ...names],
    {
      purpose: `writing ${file}`,
      signal: options.signal,
    },
  );
}

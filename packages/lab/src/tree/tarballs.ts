import { readdir } from 'node:fs/promises';
import { runCommand } from './command.ts';

/** Time stamp of every file in archives, Unix seconds: equal content gives equal archives. */
export const archiveTime = 1_610_544_000;

/**
 * Writes a tar archive of a folder's entries, owned by root, in a fixed order with fixed times.
 * Compressed with gzip when `file` ends in `.gz` or `.tgz`.
 *
 * @param entries names in `directory`, in archive order; default: all, sorted
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

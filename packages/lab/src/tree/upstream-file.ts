import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DigestAlgorithm } from '@vhive/base/files/hash-file';
import { defined } from '@vhive/shared';
import { type ChecksumStyle, writeChecksum } from './checksums.ts';
import { writeTar } from './tarballs.ts';

/** A file as its publisher offers it. */
export interface UpstreamFile {
  /** The path in the mirror tree: `<host>/<path>` of the publisher's URL. */
  readonly address: string;
  /** The path of the publisher's checksum file: a suffix to the address, or another name in the same folder. */
  readonly checksum: { readonly suffix: string } | { readonly name: string };
  readonly style: ChecksumStyle;
  /** The algorithm of the checksum; sha256 by default. */
  readonly algorithm?: DigestAlgorithm;
  /**
   * The programs to put into an archive, from the name in the archive to the path of the program; or the path of the
   * one file that is offered as it is.
   */
  readonly content: Readonly<Record<string, string>> | string;
  /** The text that the publisher's archive has before every name. */
  readonly prefix?: './';
}

/**
 * Writes a file with its checksum below `tree`.
 *
 * @param workDirectory an empty or absent folder for what goes into an archive; it is removed afterwards
 */
export async function writeUpstreamFile(
  tree: string,
  file: UpstreamFile,
  workDirectory: string,
  signal?: AbortSignal,
): Promise<void> {
  const target = join(tree, file.address);
  await mkdir(dirname(target), { recursive: true });
  if (typeof file.content === 'string') await copyFile(file.content, target);
  else await writeProgramArchive(target, file.content, workDirectory, file.prefix, signal);
  const { checksum } = file;
  const checksumFile = 'suffix' in checksum ? `${target}${checksum.suffix}` : join(dirname(target), checksum.name);
  await writeChecksum(target, checksumFile, file.style, signal, file.algorithm);
}

async function writeProgramArchive(
  file: string,
  programs: Readonly<Record<string, string>>,
  workDirectory: string,
  prefix: './' | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await rm(workDirectory, { recursive: true, force: true });
  for (const [name, source] of Object.entries(programs)) {
    await mkdir(dirname(join(workDirectory, name)), { recursive: true });
    await copyFile(source, join(workDirectory, name));
  }
  await writeTar(file, workDirectory, { signal, ...defined({ prefix }) });
  await rm(workDirectory, { recursive: true });
}

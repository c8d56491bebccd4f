import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Params, VhiveError } from '@vhive/shared';
import { type ChecksumAlgorithm, digestFor } from './checksum.ts';
import { download, FileAbsentError } from './download.ts';
import { locate, locationText, type Mirror } from './mirror.ts';
import type { ArtifactStore } from './store.ts';

/** Checksum files are small; a larger answer is something else. Bytes. */
const LARGEST = 16 * 1024 * 1024;

/** What the publisher says a file's content is. */
export interface PublishedChecksum {
  algorithm: ChecksumAlgorithm;
  digest: string;
  /** Where it says so. */
  source: string;
  /** The whole checksum file. */
  text: string;
}

/** Fetches the publisher's checksum file and picks the artifact's digest; undefined when the publisher has none. */
export async function publishedChecksum(
  { url, checksum }: Params<'artifact.fetch'>,
  context: { store: ArtifactStore; mirror: Mirror | undefined; signal: AbortSignal; log?: (text: string) => void },
): Promise<PublishedChecksum | undefined> {
  if (checksum.type === 'none') return undefined;
  const location = locate(checksum.url, context.mirror);
  const source = locationText(location);
  const text =
    location.type === 'file'
      ? await readMirrored(location.path)
      : await context.store.withScratchFile(async (file) => {
          await download(location.url, file, { signal: context.signal, log: context.log, onProgress: refuseLarge });
          return await readFile(file, 'utf8');
        });
  const fileName = decodeURIComponent(basename(new URL(url).pathname));
  const { algorithm } = checksum;
  return { algorithm, digest: digestFor(text, fileName, algorithm, source), source, text };
}

async function readMirrored(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw absentInMirror(path, cause);
  }
}

/** Says which file a directory mirror lacks. */
export function absentInMirror(path: string, cause?: unknown): FileAbsentError {
  return new FileAbsentError({
    code: 'usage',
    message: `the mirror has no file ${path}`,
    hint: 'fill it on a connected machine: vhive-coord mirror pull <directory>',
    cause,
  });
}

function refuseLarge(bytes: number): void {
  if (bytes > LARGEST)
    throw new VhiveError({ code: 'refused', message: `a checksum file of more than ${LARGEST} bytes is none` });
}

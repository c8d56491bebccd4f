import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DigestAlgorithm, FileDigests } from '@vhive/base/files/hash-file';
import { type Params, VhiveError } from '@vhive/shared';
import type { Mirror } from '../sources/mirror-tree.ts';
import type { Source } from '../sources/source.ts';
import { fromFirst, sourcesOf } from '../sources/sources-of.ts';
import type { ArtifactStore } from '../store.ts';
import { digestFor } from './checksum.ts';
import { fileItself, parseLfsPointer } from './git-lfs-pointer.ts';
import { branchIn } from './moving-address.ts';

/** A checksum file is small. An answer of more bytes than this is something else. */
const LARGEST = 16 * 1024 * 1024;

/**
 * A pointer of Git LFS is tiny. An answer of up to this many bytes is looked into, to tell a web page from the file
 * itself.
 */
const LARGEST_POINTER = 1024 * 1024;

/** What the publisher says a file's content is. */
export interface PublishedChecksum {
  algorithm: DigestAlgorithm;
  digest: string;
  /** The size of the file in bytes, where the publisher says it. */
  bytes?: number;
  /** The URL or path at which the publisher says so. */
  source: string;
  /** The whole text of the checksum file (or of the pointer file of Git LFS). */
  text: string;
}

/**
 * Fetches the publisher's checksum file, or the pointer of Git LFS, and picks the artifact's digest from it. The result
 * is undefined when the publisher has none.
 */
export async function publishedChecksum(
  { url, checksum }: Params<'artifact.fetch'>,
  context: { store: ArtifactStore; mirror: Mirror | undefined; signal: AbortSignal; log?: (text: string) => void },
): Promise<PublishedChecksum | undefined> {
  if (checksum.type === 'none') return undefined;
  const { store, mirror, signal, log } = context;
  const read = async (source: Source) => {
    const onProgress = refusalOfLarge(checksum.type, source.describe);
    const text = await store.withScratchFile(async (scratch) => {
      const { path } = await source.open(scratch, { signal, log, onProgress });
      return await readFile(path, 'utf8');
    });
    return { text, source: source.describe };
  };
  const found = await fromFirst(sourcesOf(checksum, mirror), read);
  if (!found) return undefined;
  const { text, source } = found;
  if (checksum.type === 'git-lfs') {
    const { sha256, bytes } = parseLfsPointer(text, source);
    return { algorithm: 'sha256', digest: sha256, bytes, source, text };
  }
  const fileName = decodeURIComponent(basename(new URL(url).pathname));
  const { algorithm } = checksum;
  return { algorithm, digest: digestFor(text, fileName, algorithm, source), source, text };
}

/** Throws VhiveError `refused` when a file is not what its publisher says. */
export function verifyPublished(url: string, published: PublishedChecksum, found: FileDigests): void {
  const { algorithm, digest, bytes = found.bytes, source } = published;
  if (found[algorithm] === digest && found.bytes === bytes) return;
  const branch = branchIn(url);
  throw new VhiveError({
    code: 'refused',
    message: `${url} is not what its publisher says: ${source} has ${algorithm} ${digest}${published.bytes === undefined ? '' : ` (${bytes} bytes)`}, the file (${found.bytes} bytes) has ${found[algorithm]}`,
    hint:
      branch === undefined
        ? 'a proxy or mirror that answers with something else? open the address; nothing was installed'
        : `has the branch ${branch} moved meanwhile? run the same command again, or set firecracker.vhiveRef in the cluster file to a commit; nothing was installed`,
  });
}

/** Ends a download as soon as it is too long for what is looked for, or says that it will be. */
function refusalOfLarge(type: 'file' | 'git-lfs', source: string) {
  return (bytes: number, total = 0): void => {
    const found = Math.max(bytes, total);
    if (type === 'git-lfs' && found > LARGEST_POINTER) throw fileItself(source);
    if (found > LARGEST)
      throw new VhiveError({
        code: 'refused',
        message: `${source} has more than ${LARGEST} bytes, so it is not a checksum file`,
      });
  };
}

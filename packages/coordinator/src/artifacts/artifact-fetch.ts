import { megabytesOf } from '@vhive/base/megabytes';
import type { ArtifactRef, Finding, Params } from '@vhive/shared';
import { absentInMirror } from './absent-in-mirror.ts';
import { changedFile, warnings } from './changed-in-mirror.ts';
import type { LockFile } from './lock-file.ts';
import { FileAbsentError } from './sources/file-absent.ts';
import type { Mirror } from './sources/mirror-tree.ts';
import type { Source } from './sources/source.ts';
import { fromFirst, sourcesOf } from './sources/sources-of.ts';
import type { ArtifactStore, StoredArtifact } from './store.ts';
import { publishedChecksum } from './verify/publisher-checksum.ts';
import { verify } from './verify/verify.ts';

type FetchParams = Params<'artifact.fetch'>;

/** Where artifacts come from, and what guards them. */
export interface ArtifactSources {
  store: ArtifactStore;
  lockFile: LockFile;
  /** The mirror tree that replaces the internet. */
  mirror?: Mirror | undefined;
}

/** What one fetch needs besides its parameters. */
export interface FetchContext {
  signal: AbortSignal;
  /** Writes one line to the step's log. */
  log(text: string): void;
  /** Shows people who watch a short progress, such as "120 of 300 MB". */
  progress(detail: string): void;
}

/** The artifact after a fetch. It is null for an optional one that the mirror tree does not have. */
export interface FetchResult {
  artifact: ArtifactRef | null;
  changed: boolean;
  /** What people are warned of: that the mirror has another one now. */
  findings?: Finding[];
}

/**
 * Brings an artifact into the store. Its content is verified against the lock file; where nothing is locked, it is
 * verified against its publisher's checksum and then locked. One fetch per URL runs at a time. It goes on with what an
 * earlier, broken-off download left. Throws VhiveError: `usage` when the artifact does not exist, `refused` when its
 * content is not what it must be, and `unreachable` when the network fails.
 */
export async function fetchArtifact(
  params: FetchParams,
  sources: ArtifactSources,
  context: FetchContext,
): Promise<FetchResult> {
  const { locked, stored } = await storeHit(params, sources);
  if (locked && stored) {
    const findings = await changedFile(params, locked, sources, context.signal);
    return { artifact: refOf(params, stored), changed: false, ...warnings(findings) };
  }
  const take = (source: Source) => takeFrom(source, params, sources, context);
  return (await unlessAbsent(params, sources, take)) ?? { artifact: null, changed: false };
}

/**
 * Asks the sources in order. When none has the file, the result is undefined if the file is optional; otherwise a
 * FileAbsentError is thrown.
 */
export async function unlessAbsent<Result>(
  params: FetchParams,
  { mirror }: ArtifactSources,
  take: (source: Source) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await fromFirst(sourcesOf(params, mirror), take);
  } catch (error) {
    if (!(error instanceof FileAbsentError)) throw error;
    if (params.optional) return undefined;
    throw mirror === undefined ? error : absentInMirror(params, mirror, error);
  }
}

/** Takes the bytes of a source, verifies them, puts them into the store and locks them. */
async function takeFrom(
  source: Source,
  params: FetchParams,
  sources: ArtifactSources,
  context: FetchContext,
): Promise<FetchResult> {
  const { store, lockFile, mirror } = sources;
  const { name, version, arch, url } = params;
  return await store.exclusively(source.describe, context.signal, async (partial) => {
    // Another fetch of the same URL may have been faster.
    const { locked, stored: meanwhile } = await storeHit(params, sources);
    if (meanwhile) return { artifact: refOf(params, meanwhile), changed: false };
    const published = locked ? undefined : await publishedChecksum(params, { ...context, store, mirror });
    if (!locked && !published) context.log(`${url}: its publisher has no checksum; trusted now, locked from now on`);
    const put = async (path: string) => {
      const { sha256 } = await verify(path, url, { locked, published }, { lockFile, signal: context.signal });
      if (source.localPath !== undefined) await store.seen.remember(source.localPath, sha256);
      return await store.add(path, sha256);
    };
    const stored = await bring(source, partial, put, context);
    await lockFile.record({ name, version, arch, url, sha256: stored.sha256, bytes: stored.bytes });
    return { artifact: refOf(params, stored), changed: true };
  });
}

/**
 * Opens a source and puts its bytes into the store. It starts once more from the beginning when bytes that an earlier
 * process left have spoilt the file.
 */
async function bring(
  source: Source,
  partial: string,
  put: (path: string) => Promise<StoredArtifact>,
  { signal, log, progress }: FetchContext,
): Promise<StoredArtifact> {
  for (;;) {
    const opened = await source.open(partial, { signal, log, onProgress: oncePerSecond(progress) });
    try {
      return await put(opened.path);
    } catch (error) {
      signal.throwIfAborted();
      await opened.discard();
      // The part that an earlier process left may have been a wrong one. A whole download decides.
      if (!opened.resumed) throw error;
      log(`${source.describe}: the resumed download is not what it must be, downloading it from the start`);
    }
  }
}

/** Returns what is locked for an artifact's URL, and the file in the store, as far as each exists. */
export async function storeHit({ url }: FetchParams, { store, lockFile }: ArtifactSources) {
  const locked = await lockFile.find(url);
  return { locked, stored: locked && (await store.find(locked.sha256)) };
}

/** Makes the reference by which steps speak of an artifact. */
export function refOf(
  { name, version }: FetchParams,
  { sha256, bytes }: { sha256: string; bytes: number },
): ArtifactRef {
  return { name: `${name} ${version}`, sha256, bytes };
}

/** Calls `say` with text such as "120 of 300 MB", at most once per second. */
function oncePerSecond(say: (text: string) => void): (bytes: number, total: number | undefined) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (bytes, total) => {
    const now = performance.now();
    if (now - last < 1000 && bytes !== total) return;
    last = now;
    say(megabytesOf(bytes, total));
  };
}

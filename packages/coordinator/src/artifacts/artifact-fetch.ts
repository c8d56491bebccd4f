import { rm, stat } from 'node:fs/promises';
import { type FileDigests, hashFile } from '@vhive/base/files/hash-file';
import { megabytesOf } from '@vhive/base/megabytes';
import type { ArtifactRef, Params } from '@vhive/shared';
import { download, FileAbsentError } from './download.ts';
import { httpGet } from './http-get.ts';
import type { LockedArtifact, LockFile } from './lock-file.ts';
import { type Location, locate, locationText, type Mirror } from './mirror/mirror.ts';
import { absentInMirror, type PublishedChecksum, publishedChecksum, verifyPublished } from './publisher-checksum.ts';
import type { ArtifactStore, StoredArtifact } from './store.ts';

type FetchParams = Params<'artifact.fetch'>;

/** Where artifacts come from, and what guards them. */
export interface ArtifactSources {
  store: ArtifactStore;
  lockFile: LockFile;
  /** Replaces the internet. */
  mirror?: Mirror | undefined;
}

/** What surrounds one fetch. */
export interface FetchContext {
  signal: AbortSignal;
  /** One line for the step's log. */
  log(text: string): void;
  /** Short progress for people watching, such as "120 of 300 MB". */
  progress(detail: string): void;
}

/** An artifact that is there; null: an optional one that the mirror does not have. */
export interface FetchResult {
  artifact: ArtifactRef | null;
  changed: boolean;
}

/** Whether an artifact is there already; if not, what a fetch would do, and the artifact as far as it is known before. */
export type ArtifactCheck =
  | { converged: true; artifact: ArtifactRef | null }
  | { converged: false; changes: string[]; artifact: ArtifactRef | null };

/** Looks whether the locked content is in the store. Downloads nothing but, where nothing is locked, a checksum file. */
export async function checkArtifact(
  params: FetchParams,
  sources: ArtifactSources,
  signal: AbortSignal,
): Promise<ArtifactCheck> {
  const locked = await sources.lockFile.find(params.url);
  const stored = locked && (await sources.store.find(locked.sha256));
  if (stored) return { converged: true, artifact: refOf(params, stored) };
  if (params.optional && !sources.mirror) return { converged: true, artifact: null };
  const location = locate(params.url, sources.mirror);
  if (params.optional && !locked && !(await isThere(location, signal))) return { converged: true, artifact: null };
  const changes = [`download ${locationText(location)}`];
  if (locked) return { converged: false, changes, artifact: refOf(params, locked) };
  try {
    const published = await publishedChecksum(params, { ...sources, mirror: sources.mirror, signal });
    const known =
      published?.algorithm === 'sha256'
        ? refOf(params, { sha256: published.digest, bytes: published.bytes ?? 0 })
        : null;
    return { converged: false, changes, artifact: known };
  } catch (error) {
    if (params.optional && error instanceof FileAbsentError) return { converged: true, artifact: null };
    throw error;
  }
}

/**
 * Brings an artifact into the store: verified against the lock file, else against its publisher's checksum and then
 * locked. One at a time per URL; goes on with what an earlier, broken-off download left. Throws VhiveError: `usage` when
 * it does not exist, `refused` when its content is not what it must be, `unreachable` when the network fails.
 */
export async function fetchArtifact(
  params: FetchParams,
  sources: ArtifactSources,
  context: FetchContext,
): Promise<FetchResult> {
  const { store, lockFile, mirror } = sources;
  const present = await lockedAndStored(params, sources);
  if (present) return { artifact: refOf(params, present), changed: false };
  if (params.optional && !mirror) return { artifact: null, changed: false };
  const location = locate(params.url, mirror);
  try {
    return await store.exclusively(locationText(location), context.signal, async (partial) => {
      // Another fetch of the same may have been faster.
      const meanwhile = await lockedAndStored(params, sources);
      if (meanwhile) return { artifact: refOf(params, meanwhile), changed: false };
      const locked = await lockFile.find(params.url);
      const published = locked ? undefined : await publishedChecksum(params, { ...context, store, mirror });
      if (!locked && !published)
        context.log(`${params.url}: its publisher has no checksum; trusted now, locked from now on`);
      const stored = await bring(params, location, partial, { locked, published }, sources, context);
      const { name, version, arch, url } = params;
      await lockFile.record({ name, version, arch, url, sha256: stored.sha256, bytes: stored.bytes });
      return { artifact: refOf(params, stored), changed: true };
    });
  } catch (error) {
    if (params.optional && error instanceof FileAbsentError) return { artifact: null, changed: false };
    throw error;
  }
}

/** Whether a mirror has a file. What answers with neither yes nor no has it, until the download tells. */
async function isThere(location: Location, signal: AbortSignal): Promise<boolean> {
  if (location.type === 'file')
    return await stat(location.path).then(
      () => true,
      () => false,
    );
  try {
    const { statusCode } = (await httpGet(location.url, { method: 'HEAD', signal, idleMs: 10_000 })).resume();
    return statusCode !== 404 && statusCode !== 410;
  } catch {
    signal.throwIfAborted();
    return true;
  }
}

interface Truth {
  locked: LockedArtifact | undefined;
  published: PublishedChecksum | undefined;
}

async function bring(
  params: FetchParams,
  location: Location,
  partial: string,
  truth: Truth,
  { store, lockFile }: ArtifactSources,
  context: FetchContext,
): Promise<StoredArtifact> {
  const check = async (path: string): Promise<FileDigests> => {
    const found = await hashFile(path, {
      sha512: truth.published?.algorithm === 'sha512',
      signal: context.signal,
    });
    if (truth.locked) lockFile.verify(truth.locked, found.sha256);
    if (truth.published) verifyPublished(params.url, truth.published, found);
    return found;
  };
  if (location.type === 'file') {
    await stat(location.path).catch((cause: unknown) => {
      throw absentInMirror(location.path, cause);
    });
    return await store.add(location.path, (await check(location.path)).sha256);
  }
  const resumed = (await stat(partial).catch(() => undefined))?.size ?? 0;
  const get = () =>
    download(location.url, partial, { ...context, onProgress: oncePerSecond((text) => context.progress(text)) });
  await get();
  try {
    return await store.add(partial, (await check(partial)).sha256);
  } catch (error) {
    context.signal.throwIfAborted();
    await rm(partial, { force: true });
    if (resumed === 0) throw error;
    // The part left by an earlier process may have been the wrong one; a whole download decides.
    context.log(`${location.url}: the resumed download is not what it must be, downloading it from the start`);
    await get();
    try {
      return await store.add(partial, (await check(partial)).sha256);
    } finally {
      await rm(partial, { force: true });
    }
  }
}

async function lockedAndStored({ url }: FetchParams, { store, lockFile }: ArtifactSources) {
  const locked = await lockFile.find(url);
  return locked && (await store.find(locked.sha256));
}

function refOf({ name, version }: FetchParams, { sha256, bytes }: { sha256: string; bytes: number }): ArtifactRef {
  return { name: `${name} ${version}`, sha256, bytes };
}

/** Calls `say` with text such as "120 of 300 MB" at most once per second. */
function oncePerSecond(say: (text: string) => void): (bytes: number, total: number | undefined) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (bytes, total) => {
    const now = performance.now();
    if (now - last < 1000 && bytes !== total) return;
    last = now;
    say(megabytesOf(bytes, total));
  };
}

import { rm } from 'node:fs/promises';
import { hashFile } from '@vhive/base/files/hash-file';
import { megabytes } from '@vhive/base/megabytes';
import { type ArtifactRef, fullImageReference, type Params, VhiveError } from '@vhive/shared';
import type { ArtifactCheck } from '../artifact-check.ts';
import type { ArtifactSources, FetchContext, FetchResult } from '../artifact-fetch.ts';
import { changedImage, warnings } from '../changed-in-mirror.ts';
import type { LockedImage } from '../lock-file.ts';
import { digestOfBytes } from '../registry/digest.ts';
import type { StoredArtifact } from '../store.ts';
import { archiveArchitecture } from './archive-architecture.ts';
import { findInMirror, type MirroredArchive } from './mirrored-archive.ts';
import { packImage } from './pack-image.ts';
import { copyToDirectory, publishedManifest, requireSkopeo } from './skopeo.ts';

type ImageParams = Params<'image.fetch'>;

/**
 * Looks whether the locked image is in the store. Copies nothing; a mirror tree is only asked whether it has the image.
 */
export async function checkImage(
  given: ImageParams,
  sources: ArtifactSources,
  signal: AbortSignal,
): Promise<ArtifactCheck> {
  const params = inFull(given);
  const locked = await sources.lockFile.findImage(params.ref, params.arch);
  const stored = locked && (await sources.store.find(locked.sha256));
  if (locked && stored)
    return {
      converged: true,
      artifact: imageRefOf(params, stored),
      ...warnings(await changeOf(params, locked, sources, signal)),
    };
  const archive = await findInMirror(params, sources, signal);
  if (archive)
    return {
      converged: false,
      changes: [`take ${archive.source.describe}`],
      artifact: locked ? imageRefOf(params, locked) : null,
    };
  if (params.optional) return { converged: true, artifact: null };
  await requireSkopeo(signal);
  return { converged: false, changes: [`copy docker://${params.ref}`], artifact: null };
}

/**
 * Brings a container image into the store as an archive: from the mirror tree where it has the image, otherwise
 * from its image registry with skopeo. One fetch per image runs at a time, among all processes. An image of another
 * architecture is refused, and so is another image than the locked one. Throws VhiveError: `usage` when there is no
 * such image, `refused` when it is not what it must be, `unreachable` when the image registry does not answer, and
 * `preflight` when skopeo is missing.
 */
export async function fetchImage(
  given: ImageParams,
  sources: ArtifactSources,
  context: FetchContext,
): Promise<FetchResult> {
  const params = inFull(given);
  const { ref, arch } = params;
  const { store, lockFile } = sources;
  const present = async () => {
    const locked = await lockFile.findImage(ref, arch);
    const stored = locked && (await store.find(locked.sha256));
    return { locked, result: stored && { artifact: imageRefOf(params, stored), changed: false } };
  };
  const { locked: before, result } = await present();
  if (before && result) return { ...result, ...warnings(await changeOf(params, before, sources, context.signal)) };
  return await store.exclusively(`image ${ref} ${arch}`, context.signal, async (partial): Promise<FetchResult> => {
    // Another fetch of the same image may have been faster.
    const meanwhile = await present();
    if (meanwhile.result) return meanwhile.result;
    const archive = await findInMirror(params, sources, context.signal);
    if (!archive && params.optional) return { artifact: null, changed: false };
    const stored = archive
      ? await fromMirror(params, archive, partial, meanwhile.locked, sources, context)
      : await fromRegistry(params, `${partial}.image`, meanwhile.locked, sources, context);
    return { artifact: imageRefOf(params, stored), changed: true };
  });
}

/** Warns where a mirror tree on this machine has another image than the locked one. */
async function changeOf(params: ImageParams, locked: LockedImage, sources: ArtifactSources, signal: AbortSignal) {
  if (sources.mirror?.type !== 'directory') return [];
  const archive = await findInMirror(params, sources, signal).catch(() => undefined);
  signal.throwIfAborted();
  return archive === undefined ? [] : await changedImage(locked, archive, sources, signal);
}

async function fromMirror(
  { ref, arch }: ImageParams,
  { source, entry }: MirroredArchive,
  partial: string,
  locked: LockedImage | undefined,
  { store, lockFile }: ArtifactSources,
  context: FetchContext,
): Promise<StoredArtifact> {
  const onProgress = (bytes: number) => context.progress(megabytes(bytes));
  const opened = await source.open(partial, { signal: context.signal, log: context.log, onProgress });
  try {
    const found = await hashFile(opened.path, { signal: context.signal });
    if (entry && entry.sha256 !== found.sha256)
      throw new VhiveError({
        code: 'refused',
        message: `${source.describe} is not what the mirror's index says: that has sha256 ${entry.sha256}, the file has ${found.sha256}`,
        hint: 'fill the mirror again: vhive-coord mirror pull',
      });
    await checkArchitecture(opened.path, ref, arch);
    const image = { ref, arch, digest: entry?.digest ?? null, sha256: found.sha256, bytes: found.bytes };
    if (locked) lockFile.verifyImage(locked, image);
    if (source.localPath !== undefined) await store.seen.remember(source.localPath, found.sha256);
    const stored = await store.add(opened.path, found.sha256);
    await lockFile.recordImage({ ...image, digest: image.digest ?? locked?.digest ?? null });
    return stored;
  } finally {
    // A wrong archive must not be gone on with. A right one has been moved into the store already.
    await opened.discard();
  }
}

async function fromRegistry(
  { ref, arch, insecure }: ImageParams,
  file: string,
  locked: LockedImage | undefined,
  { store, lockFile }: ArtifactSources,
  { signal, log, progress }: FetchContext,
): Promise<StoredArtifact> {
  progress('asking its registry');
  const published = await publishedManifest(ref, arch, { signal, insecure });
  const digest = digestOfBytes(published);
  if (locked?.digest) lockFile.verifyImage(locked, { digest, sha256: locked.sha256 });
  const directory = `${file}.parts`;
  try {
    // A copy that was killed leaves a part, which skopeo can neither go on with nor overwrite.
    await rm(directory, { recursive: true, force: true });
    progress('copying from its registry');
    await copyToDirectory({ ref, digest, arch, directory }, { signal, insecure, log });
    await packImage({ ref, published, directory }, file);
    await checkArchitecture(file, ref, arch);
    const { sha256, bytes } = await hashFile(file, { signal });
    await lockFile.recordImage({ ref, arch, digest, sha256, bytes });
    return await store.add(file, sha256);
  } finally {
    await rm(directory, { recursive: true, force: true });
    await rm(file, { force: true });
  }
}

async function checkArchitecture(file: string, ref: string, arch: string): Promise<void> {
  const found = await archiveArchitecture(file);
  if (found === '' || found === arch) return;
  throw new VhiveError({
    code: 'refused',
    message: `the image ${ref} is for ${found}, not for ${arch}`,
    hint: `its publisher may offer none for ${arch}: name another image, or leave nodes of that architecture out`,
  });
}

const inFull = (params: ImageParams): ImageParams => ({ ...params, ref: fullImageReference(params.ref) });

function imageRefOf({ ref }: ImageParams, { sha256, bytes }: { sha256: string; bytes: number }): ArtifactRef {
  return { name: `image ${ref}`, sha256, bytes };
}

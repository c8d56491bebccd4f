import type { ArtifactRef, Finding, Params } from '@vhive/shared';
import { type ArtifactSources, refOf, storeHit, unlessAbsent } from './artifact-fetch.ts';
import { changedFile, warnings } from './changed-in-mirror.ts';
import { FileAbsentError } from './sources/file-absent.ts';
import type { Source } from './sources/source.ts';
import { publishedChecksum } from './verify/publisher-checksum.ts';

/**
 * Whether an artifact is in the store already. If it is not, this also has what a fetch would do, and the artifact as
 * far as it is known before.
 */
export type ArtifactCheck =
  | { converged: true; artifact: ArtifactRef | null; findings?: Finding[] }
  | { converged: false; changes: string[]; artifact: ArtifactRef | null };

/**
 * Looks whether the locked content is in the store. Downloads nothing, except a checksum file where nothing is locked.
 */
export async function checkArtifact(
  params: Params<'artifact.fetch'>,
  sources: ArtifactSources,
  signal: AbortSignal,
): Promise<ArtifactCheck> {
  const { locked, stored } = await storeHit(params, sources);
  if (locked && stored) {
    const findings = await changedFile(params, locked, sources, signal);
    return { converged: true, artifact: refOf(params, stored), ...warnings(findings) };
  }
  const look = async (source: Source): Promise<ArtifactCheck> => {
    const changes = [`download ${source.describe}`];
    if (locked) return { converged: false, changes, artifact: refOf(params, locked) };
    if (params.optional && !(await mayHave(source, signal)))
      throw new FileAbsentError({ code: 'usage', message: `${source.describe} is not there` });
    const published = await publishedChecksum(params, { ...sources, mirror: sources.mirror, signal });
    const known =
      published?.algorithm === 'sha256'
        ? refOf(params, { sha256: published.digest, bytes: published.bytes ?? 0 })
        : null;
    return { converged: false, changes, artifact: known };
  };
  return (await unlessAbsent(params, sources, look)) ?? { converged: true, artifact: null };
}

/**
 * Returns whether a source has a file. A source that answers neither yes nor no counts as having it, until the download
 * tells.
 */
export async function mayHave(source: Source, signal: AbortSignal): Promise<boolean> {
  try {
    return (await source.look(signal)) !== 'absent';
  } catch {
    signal.throwIfAborted();
    return true;
  }
}

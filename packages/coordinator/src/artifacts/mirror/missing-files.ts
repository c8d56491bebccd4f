import { type Params, type Plan, VhiveError } from '@vhive/shared';
import pLimit from 'p-limit';
import { absentInMirror } from '../absent-in-mirror.ts';
import { mayHave } from '../artifact-check.ts';
import { type ArtifactSources, storeHit } from '../artifact-fetch.ts';
import { sourcesOf } from '../sources/sources-of.ts';
import { needsOf } from './plan-needs.ts';

/** So many files are asked for at once. */
const LOOKS_AT_ONCE = 8;

/** So many missing files are told. */
const MOST_TOLD = 12;

/**
 * Looks whether the mirror tree has the files that a plan fetches and that this machine does not have yet, so that no
 * host is touched when it lacks one. Throws `usage` with all of those that it lacks. What cannot be told before it is
 * fetched counts as there: files that only vHive's source names, and those of a server that gives no clear answer.
 */
export async function refuseMissingFiles(plan: Plan, sources: ArtifactSources, signal: AbortSignal): Promise<void> {
  const { mirror } = sources;
  if (mirror === undefined) return;
  const missing = async (file: Params<'artifact.fetch'>): Promise<VhiveError[]> => {
    if ((await storeHit(file, sources)).stored) return [];
    for (const place of sourcesOf(file, mirror)) if (await mayHave(place, signal)) return [];
    return [absentInMirror(file, mirror)];
  };
  const limit = pLimit(LOOKS_AT_ONCE);
  const errors = (await Promise.all(needsOf(plan).files.map((file) => limit(missing, file)))).flat();
  if (errors.length === 0) return;
  const told = errors.slice(0, MOST_TOLD).map(({ message }) => message);
  const more = errors.length - told.length;
  throw new VhiveError({
    code: 'usage',
    message: [...told, ...(more > 0 ? [`and ${more} more files`] : [])].join('; '),
    hint: errors[0]?.hint,
  });
}

import { VhiveError } from '@vhive/shared';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { FindJobFile } from '../operations/jobs.ts';
import type { Runner } from '../runs/runner.ts';

/** Finds the files that jobs have published. They are in the store as long as nobody removes them. */
export function jobFiles(runner: Runner, store: ArtifactStore): FindJobFile {
  return async (runId, sha256) => {
    const { created, publishedFiles } = await runner.find(runId);
    const found = created.job !== undefined && publishedFiles.has(sha256) ? await store.find(sha256) : undefined;
    if (found) return found;
    throw new VhiveError({
      code: 'usage',
      message: `run ${runId} has no published file ${sha256.slice(0, 12)}`,
      hint: 'are you asking the coordinator that ran it? its files are removed once they were fetched',
    });
  };
}

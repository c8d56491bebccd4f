import type { Outputs, Params } from '@vhive/shared';
import { checkArtifact } from '../artifacts/artifact-check.ts';
import { type ArtifactSources, type FetchContext, fetchArtifact } from '../artifacts/artifact-fetch.ts';

/** `artifact.fetch` as the coordinator's table of actions wants it: apply mode fetches, check mode only looks. */
export function artifactFetchAction(sources: ArtifactSources) {
  return async (
    params: Params<'artifact.fetch'>,
    context: FetchContext & { mode: 'apply' | 'check' },
  ): Promise<{
    outputs?: Outputs<'artifact.fetch'>;
    status: 'unchanged' | 'changed' | 'would-change';
    changes?: string[];
  }> => {
    if (context.mode === 'check') {
      const found = await checkArtifact(params, sources, context.signal);
      const { artifact } = found;
      if (found.converged) return { outputs: { artifact }, status: 'unchanged' };
      // Not "there is none", which null says, but "not known yet": steps that need it say what they depend on.
      const known = artifact === null ? {} : { outputs: { artifact } };
      return { ...known, status: 'would-change', changes: found.changes };
    }
    const { artifact, changed } = await fetchArtifact(params, sources, context);
    if (!changed) return { outputs: { artifact }, status: 'unchanged' };
    return { outputs: { artifact }, status: 'changed', changes: [`downloaded ${params.url}`] };
  };
}

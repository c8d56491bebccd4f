import { defined, type Outputs, type Params } from '@vhive/shared';
import { checkArtifact } from '../artifacts/artifact-check.ts';
import { type ArtifactSources, type FetchContext, fetchArtifact } from '../artifacts/artifact-fetch.ts';

/**
 * The implementation of `artifact.fetch` for the coordinator's table of actions: apply mode fetches the artifact, check
 * mode only looks for it.
 */
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
      if (found.converged)
        return { outputs: { artifact, ...defined({ findings: found.findings }) }, status: 'unchanged' };
      // When the artifact is not in the store yet, the output is left out rather than null: null would say that the
      // publisher has no such artifact. Steps that need it then say what they depend on.
      const known = artifact === null ? {} : { outputs: { artifact } };
      return { ...known, status: 'would-change', changes: found.changes };
    }
    const { artifact, changed, findings } = await fetchArtifact(params, sources, context);
    if (!changed) return { outputs: { artifact, ...defined({ findings }) }, status: 'unchanged' };
    return { outputs: { artifact }, status: 'changed', changes: [`downloaded ${params.url}`] };
  };
}

import { defined, type Outputs, type Params } from '@vhive/shared';
import type { ArtifactSources, FetchContext } from '../artifacts/artifact-fetch.ts';
import { checkImage, fetchImage } from '../artifacts/images/image-fetch.ts';

/**
 * The implementation of `image.fetch` for the coordinator's table of actions: apply mode fetches the image, check mode
 * only looks for it.
 */
export function imageFetchAction(sources: ArtifactSources) {
  return async (
    params: Params<'image.fetch'>,
    context: FetchContext & { mode: 'apply' | 'check' },
  ): Promise<{
    outputs?: Outputs<'image.fetch'>;
    status: 'unchanged' | 'changed' | 'would-change';
    changes?: string[];
  }> => {
    if (context.mode === 'check') {
      const found = await checkImage(params, sources, context.signal);
      const { artifact } = found;
      if (found.converged)
        return { outputs: { artifact, ...defined({ findings: found.findings }) }, status: 'unchanged' };
      const known = artifact === null ? {} : { outputs: { artifact } };
      return { ...known, status: 'would-change', changes: found.changes };
    }
    const { artifact, changed, findings } = await fetchImage(params, sources, context);
    if (!changed) return { outputs: { artifact, ...defined({ findings }) }, status: 'unchanged' };
    return { outputs: { artifact }, status: 'changed', changes: [`fetched the image ${params.ref} (${params.arch})`] };
  };
}

import { type Outputs, type Params, VhiveError } from '@vhive/shared';
import { describeTree } from '../artifacts/local/describe-tree.ts';
import { takeLocal } from '../artifacts/local/local-artifact.ts';
import type { ArtifactStore } from '../artifacts/store.ts';

/** The implementation of `artifact.local` for the coordinator's table of actions. */
export async function artifactLocalAction(
  params: Params<'artifact.local'>,
  store: ArtifactStore,
  mode: 'apply' | 'check',
): Promise<{
  outputs: Outputs<'artifact.local'>;
  status: 'unchanged' | 'changed' | 'would-change';
  changes?: string[];
}> {
  const { artifact, there } = await takeLocal(params, store, { look: mode === 'check' });
  if (there) return { outputs: { artifact }, status: 'unchanged' };
  const changes = [`take in ${params.path}`];
  return { outputs: { artifact }, status: mode === 'check' ? 'would-change' : 'changed', changes };
}

/** The implementation of `vhive.tree`. In a dry run, a source that was not fetched yet is not read either. */
export async function vhiveTreeAction(
  params: Params<'vhive.tree'>,
  store: ArtifactStore,
  mode: 'apply' | 'check',
): Promise<{ outputs?: Outputs<'vhive.tree'>; status: 'unchanged' | 'would-change'; changes?: string[] }> {
  const stored = await store.find(params.source.sha256);
  if (stored !== undefined) return { outputs: await describeTree(stored.path, params), status: 'unchanged' };
  if (mode === 'check') return { status: 'would-change', changes: [`read ${params.name} once it is there`] };
  throw new VhiveError({ code: 'internal', message: `${params.source.name} vanished from the store` });
}

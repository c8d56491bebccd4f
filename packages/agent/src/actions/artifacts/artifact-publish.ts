import { fileDigest } from '@vhive/base/files/hash-file';
import type { ArtifactRef, Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';

/** Returns the reference to the file as an artifact; undefined when there is no such file. */
async function referenceTo(
  { path, name }: Params<'artifact.publish'>,
  { host, signal }: ActionContext,
): Promise<ArtifactRef | undefined> {
  const status = await host.stat(path);
  if (status?.type !== 'file') return undefined;
  return { name, sha256: await fileDigest(host.localPath(path), signal), bytes: status.bytes };
}

/** The action `artifact.publish`, whose contract says what it does. */
export const artifactPublish: Action<'artifact.publish'> = {
  async check(params, context) {
    const artifact = await referenceTo(params, context);
    if (artifact && (await context.has(artifact.sha256))) return { converged: true, outputs: { artifact } };
    return { converged: false, changes: [`${params.path}: is in the coordinator's store as ${params.name}`] };
  },

  async apply(params, context) {
    const artifact = await referenceTo(params, context);
    if (artifact === undefined)
      throw failed(`there is no file ${params.path} to publish as ${params.name}`, {
        hint: 'the step that makes it has not run on this host, or somebody removed the file: run up again',
      });
    await context.upload(artifact, params.path);
    return { artifact };
  },
};

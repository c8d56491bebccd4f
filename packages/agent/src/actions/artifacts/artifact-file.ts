import type { Action } from '../kit/action.ts';
import { seenDigest } from '../kit/seen-digest.ts';

/** The action `artifact.file`, whose contract says what it does. */
export const artifactFile: Action<'artifact.file'> = {
  async check({ artifact, path, mode }, context) {
    const status = await context.host.stat(path);
    if (status?.type !== 'file') return { converged: false, changes: [`${path}: ${artifact.name} is put there`] };
    if (status.bytes !== artifact.bytes || (await seenDigest(path, context)) !== artifact.sha256)
      return { converged: false, changes: [`${path}: is replaced by ${artifact.name}`] };
    if (status.mode !== mode) return { converged: false, changes: [`${path}: mode ${status.mode} becomes ${mode}`] };
    return { converged: true, outputs: {} };
  },
  async apply({ artifact, path, mode }, context) {
    const { host } = context;
    const status = await host.stat(path);
    const same =
      status?.type === 'file' &&
      status.bytes === artifact.bytes &&
      (await seenDigest(path, context)) === artifact.sha256;
    if (same) await host.setAttributes(path, { mode });
    else await context.download(artifact, path, { mode });
    return undefined;
  },
};

import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import type { Action } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { attributeChanges, ensureFile, fileChanges } from '../kit/managed-file.ts';

async function changes(params: Params<'file'>, host: Host): Promise<string[]> {
  if (params.state === 'present') return fileChanges(host, params);
  const status = await host.stat(params.path);
  if (params.state === 'absent') return status ? [`${params.path}: is removed`] : [];
  if (status === undefined) return [`${params.path}: the directory is made`];
  if (status.type !== 'directory')
    throw failedForGood(`${params.path} is a ${status.type} where a directory should be`, {
      hint: `look at what it is, then remove it: rm ${params.path}`,
    });
  return attributeChanges(params.path, status, params);
}

/** The action `file`, whose contract says what it does. */
export const file: Action<'file'> = {
  async check(params, { host }) {
    const found = await changes(params, host);
    return found.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes: found };
  },
  async apply(params, { host }) {
    if (params.state === 'present') await ensureFile(host, params);
    else if (params.state === 'directory') await host.makeDirectory(params.path, params);
    else await host.remove(params.path, { recursive: true });
    return undefined;
  },
};

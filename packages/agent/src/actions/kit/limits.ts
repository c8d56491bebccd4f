import type { Params } from '@vhive/shared';
import type { Action } from './action.ts';
import { ensureFile, fileChanges, rootFile } from './managed-file.ts';

const limitsFile = (params: Params<'limits'>) =>
  rootFile(
    `/etc/security/limits.d/${params.file}`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      ...params.entries.flatMap(({ domain, item, value }) => [
        `${domain} soft ${item} ${value}`,
        `${domain} hard ${item} ${value}`,
      ]),
      '',
    ].join('\n'),
  );

/** The action `limits`, whose contract says what it does. */
export const limits: Action<'limits'> = {
  async check(params, { host }) {
    const changes = await fileChanges(host, limitsFile(params));
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },
  async apply(params, { host }) {
    await ensureFile(host, limitsFile(params));
    return undefined;
  },
};

import type { Params } from '@vhive/shared';
import type { Host } from '../host/host.ts';
import type { Action } from './action.ts';
import { withHostsEntry } from './hosts/hosts-file.ts';

const HOSTS = '/etc/hosts';

async function texts({ names, address }: Params<'hosts.entry'>, host: Host) {
  const now = (await host.readFile(HOSTS))?.toString('latin1') ?? '';
  return { now, wanted: withHostsEntry(now, names, address) };
}

/** `hosts.entry`. The file is read as Latin-1, so that whatever bytes others wrote come back as they were. */
export const hostsEntry: Action<'hosts.entry'> = {
  async check(params, { host }) {
    const { now, wanted } = await texts(params, host);
    if (now === wanted) return { converged: true, outputs: {} };
    return { converged: false, changes: [`${HOSTS}: ${params.names.join(' ')} leads to ${params.address}`] };
  },
  async apply(params, { host }) {
    const { wanted } = await texts(params, host);
    const { mode, owner, group } = (await host.stat(HOSTS)) ?? { mode: '0644', owner: 'root', group: 'root' };
    await host.writeFile(HOSTS, Buffer.from(wanted, 'latin1'), { mode, owner, group });
    return undefined;
  },
};

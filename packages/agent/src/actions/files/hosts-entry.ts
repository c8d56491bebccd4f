import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import type { Action } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { ensureFile, fileChanges, type ManagedFile, rootFile } from '../kit/managed-file.ts';
import { bootUnitChanges, runBootUnit } from '../systemd/boot-unit.ts';
import { oneshotUnitChanges, runOneshotUnit } from '../systemd/oneshot-unit.ts';
import { withHostsEntry } from './hosts/hosts-file.ts';
import { hostsScript, WANTED_ENTRIES } from './hosts/hosts-script.ts';
import { hostsUnit, hostsWatch } from './hosts/hosts-units.ts';

type EntryParams = Params<'hosts.entry'>;

const HOSTS = '/etc/hosts';

const HEADER = `# Lines that vhive-agent keeps in ${HOSTS}. To be rid of one, delete it here first, then there.\n`;

/** Reads a file as Latin-1, so that whatever bytes others wrote are compared as they are. */
const latin1 = async (host: Host, path: string) => (await host.readFile(path))?.toString('latin1');

async function wantedEntries({ names, address }: EntryParams, host: Host): Promise<ManagedFile> {
  const now = (await latin1(host, WANTED_ENTRIES)) ?? HEADER;
  return rootFile(WANTED_ENTRIES, withHostsEntry(now, names, address));
}

async function hostsChanges({ names, address }: EntryParams, host: Host): Promise<string[]> {
  const now = (await latin1(host, HOSTS)) ?? '';
  return now === withHostsEntry(now, names, address) ? [] : [`${HOSTS}: ${names.join(' ')} leads to ${address}`];
}

/** The action `hosts.entry`, whose contract says what it does. */
export const hostsEntry: Action<'hosts.entry'> = {
  async check(params, { host, signal }) {
    const changes = [
      ...(await hostsChanges(params, host)),
      ...(await fileChanges(host, await wantedEntries(params, host))),
      ...(await fileChanges(host, hostsScript)),
      ...(await bootUnitChanges(hostsWatch, host, signal)),
      ...(await oneshotUnitChanges(hostsUnit, host, signal)),
    ];
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host } = context;
    await ensureFile(host, await wantedEntries(params, host));
    await ensureFile(host, hostsScript);
    await runBootUnit(hostsWatch, context);
    await runOneshotUnit(hostsUnit, context);
    const [missing] = await hostsChanges(params, host);
    if (missing !== undefined)
      throw failed(`${missing}: not so after ${hostsUnit.name} ran`, {
        hint: `journalctl -u ${hostsUnit.name} -n 20; does another program rewrite ${HOSTS}? lsattr ${HOSTS}`,
      });
    return undefined;
  },
};

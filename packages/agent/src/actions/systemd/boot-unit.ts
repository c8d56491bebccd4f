import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../action.ts';
import { failedForGood } from '../failures.ts';
import { ensureFile, fileChanges, type ManagedFile } from '../managed-file.ts';
import { systemctl } from './systemctl.ts';
import { unitStatus } from './unit-status.ts';

/** A unit of ours that starts at every boot and stays active. */
export interface BootUnit {
  /** Name with its ending. */
  name: string;
  file: ManagedFile;
  /** Files of units that it starts itself. */
  others?: readonly ManagedFile[];
}

/** What is not yet so: the file, enabled at boot, active. One line each. */
export async function bootUnitChanges(unit: BootUnit, host: Host, signal: AbortSignal): Promise<string[]> {
  const { name, file, others = [] } = unit;
  const changes: string[] = [];
  for (const each of [file, ...others]) changes.push(...(await fileChanges(host, each)));
  const status = await unitStatus(host, name, signal);
  if (status === undefined) return [...changes, `${name}: systemd cannot be asked on this host`];
  if (status.needsReload) changes.push(`${name}: systemd reads its file again`);
  if (status.file !== 'enabled') changes.push(`${name}: is enabled`);
  if (status.active !== 'active') changes.push(`${name}: is started (now ${status.active || 'unknown'})`);
  return changes;
}

/** Writes and enables the unit, and starts it anew. */
export async function runBootUnit(unit: BootUnit, context: ActionContext): Promise<void> {
  const { name, file, others = [] } = unit;
  const { host, signal } = context;
  let written = false;
  for (const each of [...others, file]) if (await ensureFile(host, each)) written = true;
  const status = await unitStatus(host, name, signal);
  if (status === undefined)
    throw failedForGood('systemd does not run on this host (systemctl show fails), so no service can be managed', {
      hint: 'vHive nodes need systemd as their init system',
    });
  if (written || status.needsReload) await systemctl(context, ['daemon-reload']);
  if (status.file !== 'enabled') await systemctl(context, ['enable', name], name);
  // A unit that failed too often refuses to start until its counter is reset.
  if (status.active === 'failed') await systemctl(context, ['reset-failed', name]);
  await systemctl(context, ['restart', name], name);
}

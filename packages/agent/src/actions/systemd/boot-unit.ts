import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges, type ManagedFile } from '../kit/managed-file.ts';
import { systemctl } from './systemctl.ts';
import { unitStatus } from './unit-status.ts';

/** A file about a unit: its own, or a drop-in. */
export interface UnitFile {
  /** Name of the unit with its ending. */
  name: string;
  file: ManagedFile;
}

/** A unit of ours that starts at every boot and stays active. */
export interface BootUnit extends UnitFile {
  /** What belongs to it and is neither enabled nor started: a unit that it starts itself, a drop-in for another one. */
  others?: readonly UnitFile[];
}

/** What the files lack, and which of them systemd has not read yet. */
async function unreadChanges(files: readonly UnitFile[], host: Host, signal: AbortSignal): Promise<string[]> {
  const changes: string[] = [];
  for (const { name, file } of files) {
    changes.push(...(await fileChanges(host, file)));
    const status = await unitStatus(host, name, signal);
    if (status?.needsReload) changes.push(`${name}: systemd reads its file again`);
  }
  return changes;
}

/** What is not yet so: the file, enabled at boot, active. One line each. */
export async function bootUnitChanges(unit: BootUnit, host: Host, signal: AbortSignal): Promise<string[]> {
  const { name, file, others = [] } = unit;
  const changes = await unreadChanges([{ name, file }, ...others], host, signal);
  const status = await unitStatus(host, name, signal);
  if (status === undefined) return [...changes, `${name}: systemd cannot be asked on this host`];
  if (status.file !== 'enabled') changes.push(`${name}: is enabled`);
  if (status.active !== 'active') changes.push(`${name}: is started (now ${status.active || 'unknown'})`);
  return changes;
}

/** Writes and enables the unit, and starts it anew. */
export async function runBootUnit(unit: BootUnit, context: ActionContext): Promise<void> {
  const { name, file, others = [] } = unit;
  const { host, signal } = context;
  const files = [...others, { name, file }];
  const unread = (await unreadChanges(files, host, signal)).length > 0;
  for (const each of files) await ensureFile(host, each.file);
  const status = await unitStatus(host, name, signal);
  if (status === undefined)
    throw failedForGood('systemd does not run on this host (systemctl show fails), so no service can be managed', {
      hint: 'vHive nodes need systemd as their init system',
    });
  if (unread) await systemctl(context, ['daemon-reload']);
  if (status.file !== 'enabled') await systemctl(context, ['enable', name], name);
  // A unit that failed too often refuses to start until its counter is reset.
  if (status.active === 'failed') await systemctl(context, ['reset-failed', name]);
  await systemctl(context, ['restart', name], name);
}

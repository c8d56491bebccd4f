import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { ensureFile, fileChanges, type ManagedFile } from '../kit/managed-file.ts';
import { systemctl } from './systemctl.ts';
import { unitStatus } from './unit-status.ts';

/** A file that belongs to a unit: its unit file, or a drop-in. */
export interface UnitFile {
  /** The name of the unit with its ending. */
  name: string;
  file: ManagedFile;
}

/** A unit of vHive that starts at every boot and stays active. */
export interface BootUnit extends UnitFile {
  /**
   * Files that belong to the unit but are neither enabled nor started: a unit that it starts itself, or a drop-in for
   * another unit.
   */
  others?: readonly UnitFile[];
}

/** Tells what differs in the files, and which of them systemd has not read yet. */
async function unreadChanges(files: readonly UnitFile[], host: Host, signal: AbortSignal): Promise<string[]> {
  const changes: string[] = [];
  for (const { name, file } of files) {
    changes.push(...(await fileChanges(host, file)));
    const status = await unitStatus(host, name, signal);
    if (status?.needsReload) changes.push(`${name}: systemd reads its file again`);
  }
  return changes;
}

/** Tells what is not as wanted yet, one line each: the file, that it is enabled at boot, that it is active. */
export async function bootUnitChanges(unit: BootUnit, host: Host, signal: AbortSignal): Promise<string[]> {
  const { name, file, others = [] } = unit;
  const changes = await unreadChanges([{ name, file }, ...others], host, signal);
  const status = await unitStatus(host, name, signal);
  if (status === undefined) return [...changes, `${name}: systemd cannot be asked on this host`];
  if (status.file !== 'enabled') changes.push(`${name}: is enabled`);
  if (status.active !== 'active') changes.push(`${name}: is started (now ${status.active || 'unknown'})`);
  return changes;
}

/** Writes and enables the unit, and restarts it. */
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

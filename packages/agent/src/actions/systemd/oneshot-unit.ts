import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../action.ts';
import { failedForGood } from '../failures.ts';
import { ensureFile, fileChanges, type ManagedFile, rootFile } from '../managed-file.ts';
import { systemctl } from './systemctl.ts';
import { unitStatus } from './unit-status.ts';

/** A unit that does something once at every boot and then counts as active. */
export interface OneshotUnit {
  /** Name with its ending, such as "vhive-thin-pool.service". */
  name: string;
  description: string;
  /** Further lines of the section [Unit]. */
  unit: readonly string[];
  /** Further lines of the section [Service], ExecStart= among them. */
  service: readonly string[];
}

/** The unit as a file of /etc/systemd/system. */
export function oneshotUnitFile({ name, description, unit, service }: OneshotUnit): ManagedFile {
  return rootFile(
    `/etc/systemd/system/${name}`,
    [
      '# Written by vhive-agent; changes are overwritten.',
      '[Unit]',
      `Description=${description}`,
      ...unit,
      '',
      '[Service]',
      'Type=oneshot',
      'RemainAfterExit=yes',
      ...service,
      '',
      '[Install]',
      'WantedBy=multi-user.target',
      '',
    ].join('\n'),
  );
}

/** What is not yet so: the file, enabled at boot, done once since the boot. One line each. */
export async function oneshotUnitChanges(unit: OneshotUnit, host: Host, signal: AbortSignal): Promise<string[]> {
  const changes = await fileChanges(host, oneshotUnitFile(unit));
  const status = await unitStatus(host, unit.name, signal);
  if (status === undefined) return [...changes, `${unit.name}: systemd cannot be asked on this host`];
  if (status.needsReload) changes.push(`${unit.name}: systemd reads its file again`);
  if (status.file !== 'enabled') changes.push(`${unit.name}: is enabled`);
  if (status.active !== 'active') changes.push(`${unit.name}: is started (now ${status.active || 'unknown'})`);
  return changes;
}

/** Writes and enables the unit, and has it do its work now. */
export async function runOneshotUnit(unit: OneshotUnit, context: ActionContext): Promise<void> {
  const { host, signal } = context;
  const written = await ensureFile(host, oneshotUnitFile(unit));
  const status = await unitStatus(host, unit.name, signal);
  if (status === undefined)
    throw failedForGood('systemd does not run on this host (systemctl show fails), so no service can be managed', {
      hint: 'vHive nodes need systemd as their init system',
    });
  if (written || status.needsReload) await systemctl(context, ['daemon-reload']);
  if (status.file !== 'enabled') await systemctl(context, ['enable', unit.name], unit.name);
  // A unit that failed too often refuses to start until its counter is reset.
  if (status.active === 'failed') await systemctl(context, ['reset-failed', unit.name]);
  await systemctl(context, ['restart', unit.name], unit.name);
}

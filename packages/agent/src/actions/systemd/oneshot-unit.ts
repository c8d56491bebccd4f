import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { type ManagedFile, rootFile } from '../kit/managed-file.ts';
import { type BootUnit, bootUnitChanges, runBootUnit, type UnitFile } from './boot-unit.ts';

/** A unit that does something once at every boot and then counts as active. */
export interface OneshotUnit {
  /** Name with its ending, such as "vhive-thin-pool.service". */
  name: string;
  description: string;
  /** Further lines of the section [Unit]. */
  unit: readonly string[];
  /** Further lines of the section [Service], ExecStart= among them. */
  service: readonly string[];
  /** Further files that belong to it. */
  others?: readonly UnitFile[];
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

const bootUnit = (unit: OneshotUnit): BootUnit => ({
  name: unit.name,
  file: oneshotUnitFile(unit),
  others: unit.others ?? [],
});

/** What is not yet so: the file, enabled at boot, done once since the boot. One line each. */
export function oneshotUnitChanges(unit: OneshotUnit, host: Host, signal: AbortSignal): Promise<string[]> {
  return bootUnitChanges(bootUnit(unit), host, signal);
}

/** Writes and enables the unit, and has it do its work now. */
export function runOneshotUnit(unit: OneshotUnit, context: ActionContext): Promise<void> {
  return runBootUnit(bootUnit(unit), context);
}

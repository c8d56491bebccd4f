import type { Host } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { type ManagedFile, rootFile } from '../kit/managed-file.ts';
import { type BootUnit, bootUnitChanges, runBootUnit, type UnitFile } from './boot-unit.ts';

/** A unit that does something once at every boot and counts as active afterwards. */
export interface OneshotUnit {
  /** The name with its ending, such as "vhive-thin-pool.service". */
  name: string;
  description: string;
  /** Further lines of the section [Unit]. */
  unit: readonly string[];
  /** Further lines of the section [Service], including ExecStart=. */
  service: readonly string[];
  /** Further files that belong to the unit. */
  others?: readonly UnitFile[];
}

/** Returns the unit file in /etc/systemd/system. */
function oneshotUnitFile({ name, description, unit, service }: OneshotUnit): ManagedFile {
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

/**
 * Tells what is not as wanted yet, one line each: the file, that it is enabled at boot, that it has run since the boot.
 */
export function oneshotUnitChanges(unit: OneshotUnit, host: Host, signal: AbortSignal): Promise<string[]> {
  return bootUnitChanges(bootUnit(unit), host, signal);
}

/** Writes and enables the unit, and lets it do its work now. */
export function runOneshotUnit(unit: OneshotUnit, context: ActionContext): Promise<void> {
  return runBootUnit(bootUnit(unit), context);
}

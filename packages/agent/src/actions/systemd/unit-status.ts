import type { Host } from '../../host/host.ts';

/** What systemd says about a unit (systemctl show; org.freedesktop.systemd1(5)). */
export interface UnitStatus {
  /** The load state: loaded, not-found, masked, error ... */
  load: string;
  /** The active state: active, activating, inactive, failed, deactivating ... */
  active: string;
  /** The sub-state: running, exited, auto-restart, dead ... */
  sub: string;
  /** The state of the unit file: enabled, disabled, static, masked ...; empty for a unit without a file. */
  file: string;
  needsReload: boolean;
  /** The id of the current start, which changes at every start. */
  invocation: string;
  mainPid: number;
  /** The number of automatic restarts since the last start by hand. */
  restarts: number;
  /** The result of the last run: success, exit-code, timeout ... */
  result: string;
}

const properties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'NeedDaemonReload',
  'InvocationID',
  'MainPID',
  'NRestarts',
  'Result',
];

/** Asks systemd about a unit; undefined when systemd cannot be asked because it is not installed or does not run. */
export async function unitStatus(host: Host, unit: string, signal?: AbortSignal): Promise<UnitStatus | undefined> {
  const result = await host.run(
    ['systemctl', 'show', unit, `--property=${properties.join(',')}`],
    signal === undefined ? {} : { signal },
  );
  if (result.exitCode !== 0) return undefined;
  const values = new Map(
    result.stdout.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
  const value = (name: string) => values.get(name) ?? '';
  return {
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    file: value('UnitFileState'),
    needsReload: value('NeedDaemonReload') === 'yes',
    invocation: value('InvocationID'),
    mainPid: Number(value('MainPID')) || 0,
    restarts: Number(value('NRestarts')) || 0,
    result: value('Result'),
  };
}

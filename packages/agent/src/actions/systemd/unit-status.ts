import type { Host } from '../../host/host.ts';

/** What systemd says about a unit (systemctl show; org.freedesktop.systemd1(5)). */
export interface UnitStatus {
  /** loaded, not-found, masked, error ... */
  load: string;
  /** active, activating, inactive, failed, deactivating ... */
  active: string;
  /** running, exited, auto-restart, dead ... */
  sub: string;
  /** enabled, disabled, static, masked ...; empty for units without a file. */
  file: string;
  needsReload: boolean;
  /** Changes at every start. */
  invocation: string;
  mainPid: number;
  /** Automatic restarts since the last start by hand. */
  restarts: number;
  /** success, exit-code, timeout ... */
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

/** undefined when systemd cannot be asked (not installed, not running). */
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

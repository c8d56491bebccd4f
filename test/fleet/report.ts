import type { FleetResult } from './messages.ts';

/** Results of fleets for people. */
export function fleetTable(results: readonly FleetResult[]): string {
  const head = [
    'agents',
    'journal',
    'steps',
    'floor ms',
    'run ms',
    'ratio',
    'first run ms',
    'ratio',
    'events',
    'writes',
  ];
  const usage = ['coordinator cpu', 'agents cpu', 'nats-server cpu', 'cpu of floor'];
  const rows = results.map((result) => [
    String(result.agents),
    result.journal,
    String(result.agents * result.steps),
    ...[result.floorMs, result.orchestrationMs].map((ms) => ms.toFixed(0)),
    result.ratio.toFixed(2),
    result.firstMs.toFixed(0),
    result.firstRatio.toFixed(2),
    ...[result.eventsStored, result.writes].map(String),
    ...Object.values(result.usage).map(({ cpuMs, rssMiB }) => `${cpuMs.toFixed(0)} ms, ${rssMiB.toFixed(0)} MiB`),
    Object.values(result.floorUsage)
      .map(({ cpuMs }) => cpuMs.toFixed(0))
      .join(' '),
  ]);
  return table([[...head, ...usage], ...rows]);
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`).join('');
}

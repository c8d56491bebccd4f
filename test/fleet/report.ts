import type { AgentCost, FleetResult } from './messages.ts';
import { median } from './statistics.ts';

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

/** What single agents cost, for people. */
export function agentTable(results: readonly AgentCost[]): string {
  const head = ['agent', 'start to registered', 'with enrolment', 'idle rss', 'pss', 'anonymous', 'idle cpu'];
  const spread = (times: readonly number[]) =>
    `${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)}-${Math.max(...times).toFixed(0)})`;
  const rows = results.map(({ kind, registeredMs, enrolMs, idleMemoryMiB, idleCpuPercent }) => [
    kind,
    spread(registeredMs),
    spread(enrolMs),
    ...[idleMemoryMiB.rss, idleMemoryMiB.pss, idleMemoryMiB.anonymous].map((mib) => `${mib.toFixed(1)} MiB`),
    `${idleCpuPercent.toFixed(2)} %`,
  ]);
  return table([head, ...rows]);
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`).join('');
}

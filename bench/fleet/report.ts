import type { AgentCost, FleetResult, JournalCost } from './messages.ts';
import { median } from './statistics.ts';

/**
 * Explains each column of the table of fleets, and what is stored safely when. It is printed with the table, so that
 * the figures are not misread.
 */
export const FLEET_NOTES = `floor: as many rounds of empty requests to all agents, and all replies, as there are steps; same connections (TLS, JWT).
cpu: of coordinator, agents and nats-server over one run; its ratio to the floor's is the steadier one on a busy machine.
run: from the order to the stored end, median of the warm runs; the first run of a new coordinator apart.
stored before it counts: every event, acknowledged by nats-server once written to its files (kill -9 costs nothing; nats-server
syncs every 10 s, 2.9 every 2 min). Journals on disk: an attempt is synced before it is acknowledged and started, a result written.
All agents are in one process: on one disk and one CPU they sync in turn, which agents on hosts of their own do not.
`;

/** Writes the results of fleets as a table for people. */
export function fleetTable(results: readonly FleetResult[]): string {
  const head = [
    'agents',
    'journal',
    'steps',
    'floor ms',
    'run ms',
    'ratio',
    'cpu ratio',
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
    result.cpuRatio?.toFixed(2) ?? '-',
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

/** Writes what single agents cost as a table for people. */
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

/** Writes what a journal costs as a line for people. */
export function journalLine({ stepMs, syncMs }: JournalCost): string {
  return `one agent's journal on disk: ${stepMs.toFixed(2)} ms per step; 4 KiB written and synced: ${syncMs.toFixed(2)} ms\n`;
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`).join('');
}

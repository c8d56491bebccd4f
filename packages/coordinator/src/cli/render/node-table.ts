import type { NodeView } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';

/** Writes all nodes, one per row: what they are and how they are. */
export function nodeTable(nodes: readonly NodeView[], room: { width: number; now: Date }, style: Style): string[] {
  const colours = { reachable: style.good, unreachable: style.bad, pending: style.warn } as const;
  const rows = nodes
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map((node) => [
      { text: node.name + (node.local ? ' (this host)' : '') },
      { text: node.status, style: colours[node.status] },
      { text: node.address },
      { text: node.lastSeen === null ? 'never' : ago(node.lastSeen, room.now) },
      { text: node.load === null ? '' : node.load[0].toFixed(2) },
      {
        text: clockText(node.clockOffsetMs),
        ...(Math.abs(node.clockOffsetMs ?? 0) > 1000 ? { style: style.warn } : {}),
      },
      { text: rejectedText(node.rejected), style: style.warn },
      { text: hostText(node) },
    ]);
  const right = 'right' as const;
  const columns = [
    { heading: 'NODE' },
    { heading: 'STATUS' },
    { heading: 'ADDRESS' },
    { heading: 'SEEN' },
    { heading: 'LOAD', align: right },
    { heading: 'CLOCK', align: right },
    { heading: 'DROPPED', align: right },
    { heading: 'HOST', elastic: true },
  ];
  return table(columns, rows, { width: room.width, heading: style.dim });
}

/**
 * Writes how long ago something was: `3 s ago`. The coordinator and the CLI run on the same host, so their clocks
 * agree.
 */
function ago(time: string, now: Date): string {
  return `${describeDuration(Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1000)))} ago`;
}

function clockText(offsetMs: number | null): string {
  if (offsetMs === null) return '';
  const rounded = Math.round(offsetMs);
  return `${rounded > 0 ? '+' : ''}${rounded} ms`;
}

function rejectedText(rejected: Record<string, number>): string {
  const sum = Object.values(rejected).reduce((total, count) => total + count, 0);
  return sum === 0 ? '' : String(sum);
}

function hostText({ facts, agentVersion }: NodeView): string {
  const memory = `${(facts.memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  const what = `${facts.os.name} ${facts.arch}, ${facts.cpus} CPUs, ${memory}, agent ${agentVersion}`;
  return facts.simulated ? `simulated: ${what}` : what;
}

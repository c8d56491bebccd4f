import { describeDuration } from '../duration.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { NodeReport } from '../json-lines.ts';
import type { CommandWords } from './command-words.ts';
import { failureLines } from './failure-lines.ts';
import { headline } from './headline.ts';
import { label, nodePhaseTables } from './node-phase-table.ts';
import type { Style } from './style.ts';
import { type Column, table } from './text-table.ts';
import { wrapped } from './text-width.ts';

/** How wide the report may be, and how many rows of nodes it may have before only the interesting ones are shown. */
export interface ReportRoom {
  width: number;
  /** The largest number of nodes to list; Infinity lists all. */
  mostNodes: number;
}

/**
 * Writes the whole report: a line with the outcome, the times per phase, the outcome per node and phase, and every
 * failure.
 */
export function reportLines(
  report: RunReport,
  wallSeconds: number,
  room: ReportRoom,
  style: Style,
  words: CommandWords,
): string[] {
  const shown = nodesToShow(report.nodes, room.mostNodes);
  const left = report.nodes.length - shown.length;
  return [
    '',
    ...wrapped(headline(report, wallSeconds, style), room.width),
    '',
    ...phaseTimes(report, room, style),
    '',
    ...nodePhaseTables(shown, report, room.width, style),
    ...(left > 0 ? [style.dim(`and ${left} more nodes, all well; every one: ${words.coord('status')}`)] : []),
    '',
    `Tasks: ${report.changed} ${report.mode === 'check' ? 'would change' : 'changed'}, ${report.unchanged} unchanged.`,
    ...failureLines(report, room.width, style, words),
  ];
}

function phaseTimes(report: RunReport, room: ReportRoom, style: Style): string[] {
  const rows = report.phases.map(({ phase, seconds }) => {
    const own = report.nodes.flatMap((node) =>
      node.phases.filter((one) => one.phase === phase).map((one) => ({ node, one })),
    );
    const slowest = own.toSorted((a, b) => (b.one.seconds ?? 0) - (a.one.seconds ?? 0))[0];
    const sum = (key: 'changed' | 'unchanged') => own.reduce((total, { one }) => total + one[key], 0);
    return [
      { text: phase },
      { text: seconds === null ? '-' : describeDuration(seconds) },
      { text: `${own.filter(({ one }) => one.status === 'done').length}/${own.length}` },
      { text: String(sum('changed')) },
      { text: String(sum('unchanged')) },
      { text: slowest?.one.seconds == null ? '' : `${label(slowest.node)} ${describeDuration(slowest.one.seconds)}` },
    ];
  });
  const right = 'right' as const;
  const columns: Column[] = [
    { heading: 'PHASE' },
    { heading: 'TIME', align: right },
    { heading: 'DONE', align: right },
    { heading: report.mode === 'check' ? 'WOULD CHANGE' : 'CHANGED', align: right },
    { heading: 'UNCHANGED', align: right },
    { heading: 'SLOWEST', elastic: true },
  ];
  return table(columns, rows, { width: room.width, heading: style.dim });
}

/** Whether nothing is wrong with a node as far as the run went. */
const isWell = ({ outcome }: NodeReport) => outcome === 'ready' || outcome === 'done' || outcome === 'checked';

/** Chooses the nodes to show: first those that are not well, then the slowest. */
function nodesToShow(nodes: readonly NodeReport[], most: number): NodeReport[] {
  if (nodes.length <= most) return [...nodes];
  const time = (node: NodeReport) => node.phases.reduce((sum, phase) => sum + (phase.seconds ?? 0), 0);
  const bad = nodes.filter((node) => !isWell(node));
  const well = nodes.filter(isWell).toSorted((a, b) => time(b) - time(a));
  return [...bad, ...well.slice(0, Math.max(0, most - bad.length))];
}

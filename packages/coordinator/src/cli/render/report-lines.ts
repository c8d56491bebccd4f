import { COORDINATOR } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { NodeReport } from '../json-lines.ts';
import { label, nodePhaseTables } from './node-phase-table.ts';
import type { Style } from './style.ts';
import { type Column, table } from './text-table.ts';

/** How wide the report may be, and how many rows of nodes it may have before only the interesting ones are shown. */
export interface ReportRoom {
  width: number;
  /** The largest number of nodes to list; Infinity lists all. */
  mostNodes: number;
}

/**
 * Writes the final report: a line with the outcome, the times per phase, the outcome per node and phase, and every
 * failure.
 */
export function reportLines(report: RunReport, wallSeconds: number, room: ReportRoom, style: Style): string[] {
  const shown = nodesToShow(report.nodes, room.mostNodes);
  const left = report.nodes.length - shown.length;
  return [
    '',
    headline(report, wallSeconds, style),
    '',
    ...phaseTimes(report, room, style),
    '',
    ...nodePhaseTables(shown, report, room.width, style),
    ...(left > 0 ? [style.dim(`and ${left} more nodes, all well; every one: vhive-coord status`)] : []),
    '',
    `Tasks: ${report.changed} ${report.mode === 'check' ? 'would change' : 'changed'}, ${report.unchanged} unchanged.`,
    ...failureLines(report, style),
  ];
}

function headline(report: RunReport, wallSeconds: number, style: Style): string {
  const nodes = report.nodes.filter(({ name }) => name !== COORDINATOR);
  const well = nodes.filter(({ outcome }) => outcome === 'ready').length;
  const time = `${describeDuration(wallSeconds)}, ${report.runId}`;
  switch (report.status) {
    case 'ready':
      return report.mode === 'check'
        ? style.good(style.bold(`Dry run: nothing was changed; preflight does not refuse (${time})`))
        : style.good(style.bold(`Ready: ${well} of ${nodes.length} nodes in ${time}`));
    case 'refused':
      return style.bad(style.bold(`Refused by preflight: nothing was changed (${time})`));
    case 'failed':
      return style.bad(style.bold(`Failed: ${well} of ${nodes.length} nodes are ready (${time})`));
    case 'timed-out':
      return style.bad(style.bold(`Timed out: ${well} of ${nodes.length} nodes are ready (${time})`));
    case 'cancelled':
      return style.warn(style.bold(`Cancelled: ${well} of ${nodes.length} nodes are ready (${time})`));
    case 'running':
      return style.warn(style.bold(`Still running: ${well} of ${nodes.length} nodes are ready (${time})`));
  }
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

/** Chooses the nodes to show: first those that are not well, then the slowest. */
function nodesToShow(nodes: readonly NodeReport[], most: number): NodeReport[] {
  if (nodes.length <= most) return [...nodes];
  const time = (node: NodeReport) => node.phases.reduce((sum, phase) => sum + (phase.seconds ?? 0), 0);
  const bad = nodes.filter(({ outcome }) => outcome !== 'ready');
  const well = nodes.filter(({ outcome }) => outcome === 'ready').toSorted((a, b) => time(b) - time(a));
  return [...bad, ...well.slice(0, Math.max(0, most - bad.length))];
}

function failureLines(report: RunReport, style: Style): string[] {
  const failed = report.nodes.filter((node) => node.failure !== undefined);
  if (failed.length === 0) return [];
  const lines = failed.flatMap((node) => {
    const { failure } = node;
    if (!failure) return [];
    const phase = failure.phase === undefined ? '' : `, phase ${failure.phase}`;
    const logs = `vhive-coord logs --node ${node.name}${failure.phase === undefined ? '' : ` --phase ${failure.phase}`}`;
    return [
      '',
      style.bad(`✖ ${label(node)}${phase}: ${failure.message}`),
      ...(failure.lastLines ?? []).map((line) => style.dim(`    | ${line}`)),
      ...(failure.hint === undefined ? [] : [`  hint:  ${failure.hint}`]),
      ...(failure.phase === undefined ? [] : [`  logs:  ${logs}`]),
    ];
  });
  const again = failed.filter(({ outcome }) => outcome !== 'removed');
  if (again.length === 0) return lines;
  const names = again.filter(({ name }) => name !== COORDINATOR).map(({ name }) => ` --node ${name}`);
  const all = names.length > 3 ? '' : names.join('');
  return [...lines, '', `Try again what failed:  vhive-coord retry${all}`];
}

import { COORDINATOR } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { NodeReport, PhaseReport } from '../json-lines.ts';
import type { Style } from './style.ts';
import { type Cell, type Column, naturalWidths, table, totalWidth } from './text-table.ts';

/**
 * Writes tables whose rows are nodes and whose columns are phases. Where the columns do not fit beside each other,
 * several tables stand below each other.
 */
export function nodePhaseTables(
  nodes: readonly NodeReport[],
  report: Pick<RunReport, 'phases' | 'mode'>,
  width: number,
  style: Style,
): string[] {
  const lines: string[] = [];
  let rest = report.phases.map(({ phase }) => phase);
  while (rest.length > 0) {
    let count = rest.length;
    let part = partOf(rest, nodes, report.mode, style);
    while (count > 1 && totalWidth(naturalWidths(part.columns, part.rows)) > width)
      part = partOf(rest.slice(0, --count), nodes, report.mode, style);
    lines.push(...(lines.length > 0 ? [''] : []), ...table(part.columns, part.rows, { width, heading: style.dim }));
    rest = rest.slice(count);
  }
  return lines;
}

/** The name of a node in tables. */
export function label(node: { name: string }): string {
  return node.name === COORDINATOR ? 'coordinator' : node.name;
}

function partOf(phases: readonly string[], nodes: readonly NodeReport[], mode: RunReport['mode'], style: Style) {
  const columns: Column[] = ['NODE', 'OUTCOME', ...phases].map((heading) => ({ heading }));
  const rows = nodes.map((node): Cell[] => [
    { text: label(node) },
    { text: node.outcome, style: node.outcome === 'ready' ? style.good : style.bad },
    ...phases.map((phase) => phaseCell(node, phase, mode, style)),
  ]);
  return { columns, rows };
}

function phaseCell(node: NodeReport, phase: string, mode: RunReport['mode'], style: Style): Cell {
  const own = node.phases.find((one) => one.phase === phase);
  if (!own) return { text: '' };
  const colour = own.status === 'done' ? style.good : own.status === 'failed' ? style.bad : style.dim;
  return { text: phaseText(own, mode), style: colour };
}

/** Writes the outcome of a phase. `same` means that nothing had to be changed. */
function phaseText(phase: PhaseReport, mode: RunReport['mode']): string {
  const time = phase.seconds === null ? '' : ` ${describeDuration(phase.seconds)}`;
  if (phase.status !== 'done') return `${phase.status}${time}`;
  if (phase.changed === 0) return `same${time}`;
  return mode === 'check' ? `${phase.changed} to do` : `ok${time}`;
}

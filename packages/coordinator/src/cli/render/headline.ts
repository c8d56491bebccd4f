import { COORDINATOR } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { Style } from './style.ts';

/** Writes the outcome of a run in one line. */
export function headline(report: RunReport, wallSeconds: number, style: Style): string {
  const nodes = report.nodes.filter(({ name }) => name !== COORDINATOR);
  const well = nodes.filter(({ outcome }) => outcome === 'ready' || outcome === 'done').length;
  const took = describeDuration(wallSeconds);
  const time = `(${took}, ${report.runId})`;
  const count = `${well} of ${nodes.length} nodes`;
  const are = report.isWhole ? 'are ready' : 'did all of it';
  switch (report.status) {
    case 'ready':
      if (report.mode === 'check')
        return good(`Dry run: nothing was changed; preflight does not refuse ${time}`, style);
      if (report.isWhole) return good(`Ready: ${count} in ${took}, ${report.runId}`, style);
      return good(`Done as far as ${report.lastPhase}: ${count} in ${took}, ${report.runId}`, style);
    case 'refused':
      return style.bad(
        style.bold(`Refused by preflight${changedNothing(report) ? ': no node was changed' : ''} ${time}`),
      );
    case 'failed':
      return style.bad(style.bold(`Failed: ${count} ${are} ${time}`));
    case 'timed-out':
      return style.bad(style.bold(`Timed out: ${count} ${are} ${time}`));
    case 'cancelled':
      return style.warn(style.bold(`Cancelled: ${count} ${are} ${time}`));
    case 'running':
      return style.warn(style.bold(`Still running: ${count} ${are} so far ${time}`));
  }
}

function good(text: string, style: Style): string {
  return style.good(style.bold(text));
}

/** Whether no task on any node changed anything. What the coordinator downloaded meanwhile is on no node. */
function changedNothing({ nodes }: RunReport): boolean {
  return nodes.every(({ name, phases }) => name === COORDINATOR || phases.every(({ changed }) => changed === 0));
}

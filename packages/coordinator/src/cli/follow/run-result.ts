import { exitCodeOf, type RunStatus } from '@vhive/shared';
import type { CommandEnd } from '../io.ts';
import type { ResultOutcome } from '../json-lines.ts';
import type { RunReport } from './run-report.ts';

const exitCodes: Record<RunStatus, number> = {
  ready: 0,
  refused: exitCodeOf('preflight'),
  failed: exitCodeOf('step-failed'),
  'timed-out': exitCodeOf('timeout'),
  cancelled: exitCodeOf('interrupted'),
  running: exitCodeOf('interrupted'),
};

/** Makes the result line of a run that was followed to its end. */
export function resultOfRun(report: RunReport, wallSeconds: number): CommandEnd {
  const { runId, status, mode, nodes, phases, changed, unchanged } = report;
  return {
    outcome: outcomeOf(status, mode),
    exitCode: exitCodes[status],
    runId,
    wallSeconds,
    nodes,
    phases,
    changed,
    unchanged,
  };
}

function outcomeOf(status: RunStatus, mode: RunReport['mode']): ResultOutcome {
  if (status === 'running') return 'interrupted';
  return status === 'ready' && mode === 'check' ? 'checked' : status;
}

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
  const { runId, status, nodes, phases, changed, unchanged } = report;
  return {
    outcome: outcomeOf(report),
    exitCode: exitCodes[status],
    runId,
    wallSeconds,
    nodes,
    phases,
    changed,
    unchanged,
  };
}

function outcomeOf({ status, mode, isWhole }: RunReport): ResultOutcome {
  if (status === 'running') return 'interrupted';
  if (status !== 'ready') return status;
  return mode === 'check' ? 'checked' : isWhole ? 'ready' : 'done';
}

import { COORDINATOR, type StepView } from '@vhive/shared';
import { clock } from '../duration.ts';
import { combined } from '../follow/run-report.ts';
import { type Canvas, causeOf, elapsedOf, type LiveModel, spinner, taskText } from './live-model.ts';
import type { Style } from './style.ts';
import { type Cell, table } from './text-table.ts';

interface Row {
  /**
   * Rows with a lower rank stand higher: first running steps (longest first), then waiting, failed, not begun and done
   * ones.
   */
  rank: number;
  elapsed: number;
  cells: Cell[];
}

/** Draws one row per node, with the one that takes longest on top. It is for a few nodes. */
export function nodeRows(model: LiveModel, canvas: Canvas, style: Style): string[] {
  const names = [...new Set(model.view.steps.map((step) => step.node))];
  const rows = names.map((name) => nodeRow(name, model, canvas, style));
  rows.sort((a, b) => a.rank - b.rank || b.elapsed - a.elapsed);
  const columns = [
    { heading: '' },
    { heading: 'NODE' },
    { heading: 'PHASES' },
    { heading: 'NOW' },
    { heading: 'TASK', elastic: true },
    { heading: 'TIME', align: 'right' as const },
  ];
  const cells = rows.map((row) => row.cells);
  return table(columns, cells, { width: canvas.width, heading: style.dim, fill: true });
}

function nodeRow(name: string, model: LiveModel, canvas: Canvas, style: Style): Row {
  const steps = model.view.steps.filter((step) => step.node === name);
  const byPhase = model.view.phases.map((phase) => steps.filter((step) => step.phase === phase.name));
  const bar = byPhase.map((own) => mark(own)).join('');
  const label = name === COORDINATOR ? 'coordinator' : name;
  const row = (rank: number, sign: Cell, phase: string, task: Cell, elapsed: number, timed: boolean): Row => ({
    rank,
    elapsed,
    cells: [
      sign,
      { text: label },
      { text: bar, style: style.dim },
      { text: phase },
      task,
      { text: timed ? clock(elapsed) : '' },
    ],
  });
  const status = model.view.nodes.find((node) => node.name === name);
  const unreachable = status?.status === 'unreachable';
  const running = steps.find((step) => step.status === 'running');
  if (running) {
    const progress = model.progress.get(running.id);
    const text = unreachable ? 'unreachable: waiting for it to come back' : taskText(progress);
    const sign = unreachable ? { text: '!', style: style.warn } : { text: spinner(canvas.frame), style: style.busy };
    return row(
      0,
      sign,
      running.phase,
      { text, ...(unreachable ? { style: style.warn } : {}) },
      elapsedOf(running, canvas.now),
      true,
    );
  }
  const waiting = steps.find((step) => step.status === 'waiting');
  if (waiting) {
    const text = `attempt ${waiting.attempts} failed, trying again: ${causeOf(waiting.failure)}`;
    return row(
      1,
      { text: '↻', style: style.warn },
      waiting.phase,
      { text, style: style.warn },
      elapsedOf(waiting, canvas.now),
      true,
    );
  }
  const failed = steps.find((step) => step.status === 'failed');
  const cause = failed?.failure ?? status?.failure;
  if (failed || status?.status === 'failed' || status?.status === 'removed')
    return row(
      2,
      { text: '✖', style: style.bad },
      failed?.phase ?? '',
      { text: causeOf(cause), style: style.bad },
      0,
      false,
    );
  if (steps.every((step) => step.status === 'done' || step.status === 'skipped'))
    return row(4, { text: '✔', style: style.good }, 'done', { text: '' }, 0, false);
  const next = steps.find((step) => step.status === 'pending');
  const text = unreachable ? 'unreachable' : 'waiting for other nodes';
  return row(3, { text: '·', style: style.dim }, next?.phase ?? '', { text, style: style.dim }, 0, false);
}

const marks = { pending: '·', running: '▸', waiting: '↻', done: '■', failed: '✖', skipped: '-' } as const;

/** Returns one character that marks the state of a phase. */
function mark(steps: readonly StepView[]): string {
  return steps.length === 0 ? ' ' : marks[combined(steps)];
}

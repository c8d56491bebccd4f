import { COORDINATOR, type StepView } from '@vhive/shared';
import { combined } from '../../follow/run-report.ts';
import type { Style } from '../style.ts';
import { type Cell, table } from '../text-table.ts';
import { againText, type Canvas, causeOf, type LiveModel, spinner, taskText, timeText } from './live-model.ts';
import { waitText } from './waits.ts';

/** On a narrower terminal the marks of the phases would take the room of what a step is doing. */
const ROOM_FOR_MARKS = 110;

interface Row {
  /** Rows with a lower rank stand higher: first running steps, then waiting, failed, not begun and done ones. */
  rank: number;
  cells: Cell[];
}

/** Draws one row per node, in the order of the plan among those of one rank. It is for a few nodes. */
export function nodeRows(model: LiveModel, canvas: Canvas, style: Style): string[] {
  const names = [...new Set(model.view.steps.map((step) => step.node))];
  const rows = names.map((name) => nodeRow(name, model, canvas, style));
  rows.sort((a, b) => a.rank - b.rank);
  const columns = [
    { heading: '' },
    { heading: 'NODE' },
    ...(canvas.width < ROOM_FOR_MARKS ? [] : [{ heading: 'PHASES' }]),
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
  const row = (rank: number, sign: Cell, phase: string, task: Cell, time = ''): Row => ({
    rank,
    cells: [
      sign,
      { text: label },
      ...(canvas.width < ROOM_FOR_MARKS ? [] : [{ text: bar, style: style.dim }]),
      { text: phase },
      task,
      { text: time },
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
      timeText(running, canvas.now),
    );
  }
  const waiting = steps.find((step) => step.status === 'waiting');
  if (waiting) {
    const task = { text: againText(waiting, canvas.now), style: style.warn };
    return row(1, { text: '↻', style: style.warn }, waiting.phase, task);
  }
  const failed = steps.find((step) => step.status === 'failed');
  const cause = failed?.failure ?? status?.failure;
  if (failed || status?.status === 'failed' || status?.status === 'removed')
    return row(2, { text: '✖', style: style.bad }, failed?.phase ?? '', { text: causeOf(cause), style: style.bad });
  if (steps.every((step) => step.status === 'done' || step.status === 'skipped'))
    return row(4, { text: '✔', style: style.good }, 'done', { text: '' });
  const next = steps.find((step) => step.status === 'pending');
  const text = unreachable ? 'unreachable' : next === undefined ? '' : waitText(next, model.view);
  return row(3, { text: '·', style: style.dim }, next?.phase ?? '', { text, style: style.dim });
}

const marks = { pending: '·', running: '▸', waiting: '↻', done: '■', failed: '✖', skipped: '-' } as const;

/** Returns one character that marks the state of a phase. */
function mark(steps: readonly StepView[]): string {
  return steps.length === 0 ? ' ' : marks[combined(steps)];
}

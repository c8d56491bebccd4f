import type { StepStatus, StepView } from '@vhive/shared';
import type { Style } from '../style.ts';
import { table } from '../text-table.ts';
import { cut } from '../text-width.ts';
import {
  againText,
  type Canvas,
  causeOf,
  elapsedOf,
  type LiveModel,
  spinner,
  taskText,
  timeText,
} from './live-model.ts';

/** Draws counts per phase, then what takes longest and what failed. It is for more nodes than there are rows. */
export function phaseCounts(model: LiveModel, canvas: Canvas, style: Style): string[] {
  const columns = [
    { heading: 'PHASE' },
    { heading: 'DONE', align: 'right' as const },
    { heading: 'RUNNING', align: 'right' as const },
    { heading: 'FAILED', align: 'right' as const },
    { heading: '' },
  ];
  const byPhase = Map.groupBy(model.view.steps, (step) => step.phase);
  const names = phasesToShow(model, canvas);
  const rows = names.map((name) => {
    const steps = byPhase.get(name) ?? [];
    const count = (...statuses: StepStatus[]) => steps.filter((step) => statuses.includes(step.status)).length;
    const done = count('done');
    const failed = count('failed', 'skipped');
    return [
      { text: name },
      { text: `${done}/${steps.length}`, ...(done === steps.length ? { style: style.good } : {}) },
      { text: String(count('running', 'waiting') || '') },
      { text: String(failed || ''), style: style.bad },
      { text: bar(done / Math.max(1, steps.length)), style: style.dim },
    ];
  });
  const lines = table(columns, rows, { width: canvas.width, heading: style.dim });
  const left = model.view.phases.length - names.length;
  if (left > 0) lines.push(style.dim(`and ${left} phases that are done or not begun`));
  const room = Math.max(2, Math.floor((canvas.height - lines.length - 6) / 2));
  return [
    ...lines,
    ...slowest(model, canvas, style, Math.min(8, room)),
    ...failures(model, canvas, style, Math.min(8, room)),
  ];
}

/** The rows that the heading, the slowest steps and the failures need at least. */
const ROWS_FOR_OTHERS = 14;

/** Returns the phases for which there is room: all of them, or those under way and failed. */
function phasesToShow({ view }: LiveModel, canvas: Canvas): string[] {
  const names = view.phases.map(({ name }) => name);
  const room = canvas.height - ROWS_FOR_OTHERS;
  if (names.length <= room) return names;
  const byPhase = Map.groupBy(view.steps, (step) => step.phase);
  const isUnderWay = (name: string) => {
    const statuses = new Set((byPhase.get(name) ?? []).map(({ status }) => status));
    return statuses.size > 1 || !(statuses.has('done') || statuses.has('pending'));
  };
  return names.filter(isUnderWay).slice(0, Math.max(3, room));
}

function bar(share: number): string {
  const filled = Math.floor(share * 20);
  return '█'.repeat(filled) + '░'.repeat(20 - filled);
}

function slowest(model: LiveModel, canvas: Canvas, style: Style, room: number): string[] {
  const busy = model.view.steps
    .filter((step) => step.status === 'running' || step.status === 'waiting')
    .sort((a, b) => elapsedOf(b, canvas.now) - elapsedOf(a, canvas.now));
  if (busy.length === 0) return [];
  const rows = busy
    .slice(0, room)
    .map((step) => [
      { text: spinner(canvas.frame), style: style.busy },
      { text: step.node },
      { text: step.phase },
      { text: doing(step, model, canvas.now) },
      { text: step.status === 'waiting' ? '' : timeText(step, canvas.now) },
    ]);
  const columns = [
    { heading: '' },
    { heading: 'SLOWEST' },
    { heading: 'PHASE' },
    { heading: 'TASK', elastic: true },
    { heading: 'TIME', align: 'right' as const },
  ];
  return ['', ...table(columns, rows, { width: canvas.width, heading: style.dim, fill: true })];
}

function doing(step: StepView, model: LiveModel, now: Date): string {
  if (step.status === 'waiting') return againText(step, now);
  const node = model.view.nodes.find(({ name }) => name === step.node);
  return node?.status === 'unreachable' ? 'unreachable' : taskText(model.progress.get(step.id));
}

function failures(model: LiveModel, canvas: Canvas, style: Style, room: number): string[] {
  const failed = model.view.steps.filter((step) => step.status === 'failed');
  if (failed.length === 0) return [];
  const lines = failed
    .slice(0, room)
    .map((step) => style.bad(cut(`✖ ${step.node} ${step.phase}: ${causeOf(step.failure)}`, canvas.width)));
  const more = failed.length - lines.length;
  return ['', ...lines, ...(more > 0 ? [style.bad(`  and ${more} more`)] : [])];
}

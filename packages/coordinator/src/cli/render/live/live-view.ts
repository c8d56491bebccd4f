import { printable } from '@vhive/shared';
import { elapsedText } from '../../duration.ts';
import type { Style } from '../style.ts';
import { cut, wrapped } from '../text-width.ts';
import { waitHead, waitsOf } from '../waits/wait-reasons.ts';
import { phaseCounts } from './live-counts.ts';
import type { Canvas, LiveModel } from './live-model.ts';
import { nodeRows } from './live-rows.ts';

/** With more nodes than this, counts per phase are shown instead of a row per node. */
const MOST_ROWS = 20;

/**
 * Draws the picture of a run under way. No line is wider than the terminal, and there are no more lines than it has.
 */
export function renderLive(model: LiveModel, canvas: Canvas, style: Style): string[] {
  const few = model.view.nodes.length <= MOST_ROWS && model.view.nodes.length + 6 <= canvas.height;
  const body = few ? nodeRows(model, canvas, style) : phaseCounts(model, canvas, style);
  const picture = [heading(model, canvas, style), '', ...body];
  const most = Math.max(3, canvas.height - 1);
  return [...picture, ...waitRows(model, canvas, style, most - picture.length)].slice(0, most);
}

/** The reasons of the wait that has taken longest, and of the next one if there is room. */
function waitRows({ view, progress }: LiveModel, canvas: Canvas, style: Style, room: number): string[] {
  const lines = waitsOf(view.steps, progress).flatMap((wait) => ['', waitHead(wait), ...wait.reasons.map(indented)]);
  // What a reason ends with is often what matters, so it is broken and not cut.
  const broken = lines.flatMap((line) => (line === '' ? [line] : wrapped(line, canvas.width, '  ')));
  return broken.slice(0, Math.max(0, room)).map((line) => style.warn(line));
}

const indented = (reason: string) => `  ${printable(reason)}`;

function heading(model: LiveModel, canvas: Canvas, style: Style): string {
  const { view } = model;
  const steps = view.steps.length;
  const ended = view.steps.filter((step) => ['done', 'failed', 'skipped'].includes(step.status)).length;
  const what = view.mode === 'check' ? 'dry run: looking at' : 'bringing up';
  const nodes = view.nodes.length === 1 ? '1 node' : `${view.nodes.length} nodes`;
  const doing = view.job ?? `${what} ${nodes}`;
  const elapsed = elapsedText((canvas.now.getTime() - model.startedAt.getTime()) / 1000);
  return style.bold(cut(`${elapsed}  ${doing}, ${ended} of ${steps} steps ended  ${view.runId}`, canvas.width));
}

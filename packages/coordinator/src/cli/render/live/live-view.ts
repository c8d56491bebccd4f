import { elapsedText } from '../../duration.ts';
import type { Style } from '../style.ts';
import { cut } from '../text-width.ts';
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
  return [heading(model, canvas, style), '', ...body].slice(0, Math.max(3, canvas.height - 1));
}

function heading(model: LiveModel, canvas: Canvas, style: Style): string {
  const { view } = model;
  const steps = view.steps.length;
  const ended = view.steps.filter((step) => ['done', 'failed', 'skipped'].includes(step.status)).length;
  const what = view.mode === 'check' ? 'dry run: looking at' : 'bringing up';
  const nodes = view.nodes.length === 1 ? '1 node' : `${view.nodes.length} nodes`;
  const elapsed = elapsedText((canvas.now.getTime() - model.startedAt.getTime()) / 1000);
  return style.bold(cut(`${elapsed}  ${what} ${nodes}, ${ended} of ${steps} steps ended  ${view.runId}`, canvas.width));
}

import { attemptNumberOf } from '@vhive/core/scheduler/index';
import type { Progress, RunView } from '@vhive/shared';

/**
 * Returns the view of a run, in which each running step says why what it waits for is not there yet. What was said in an
 * earlier attempt does not count.
 */
export function withWaits(view: RunView, said: readonly { progress: Progress }[]): RunView {
  if (view.status !== 'running') return view;
  const waits = new Map(
    said.flatMap(({ progress }) => (progress.waiting === undefined ? [] : [[progress.stepId, progress] as const])),
  );
  if (waits.size === 0) return view;
  const steps = view.steps.map((step) => {
    const progress = waits.get(step.id);
    if (step.status !== 'running' || progress?.waiting === undefined) return step;
    return attemptNumberOf(progress.attemptId) === step.attempts ? { ...step, waiting: progress.waiting } : step;
  });
  return { ...view, steps };
}

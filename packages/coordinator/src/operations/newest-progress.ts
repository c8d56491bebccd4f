import type { Progress } from '@vhive/shared';

/** What one executor does is remembered for so many steps, which is more than run on it at once. */
const MOST_STEPS = 64;

/** The newest progress of each step, so that somebody who begins to watch later sees what is going on. */
export class NewestProgress {
  readonly #byExecutor = new Map<string, { runId: string; steps: Map<string, Progress> }>();

  /** Takes in what an executor says. What it said of an earlier run, and of the steps longest untold, is forgotten. */
  hear(executor: string, progress: Progress): void {
    const before = this.#byExecutor.get(executor);
    const known = before?.runId === progress.runId ? before : { runId: progress.runId, steps: new Map() };
    if (known !== before) this.#byExecutor.set(executor, known);
    known.steps.delete(progress.stepId);
    known.steps.set(progress.stepId, progress);
    const [oldest] = known.steps.keys();
    if (known.steps.size > MOST_STEPS && oldest !== undefined) known.steps.delete(oldest);
  }

  /** Returns what is remembered of a run. Some of these steps may have ended since. */
  ofRun(runId: string): { node: string; progress: Progress }[] {
    return [...this.#byExecutor].flatMap(([node, known]) =>
      known.runId === runId ? [...known.steps.values()].map((progress) => ({ node, progress })) : [],
    );
  }
}

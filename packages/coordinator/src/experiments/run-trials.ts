import { isDiskFull } from '@vhive/base/system-failure';
import type { Trial } from '@vhive/core/experiments/trials';
import { messageOf } from '@vhive/shared';
import type { ResultsFolder } from './results-folder.ts';

/** What is told while an experiment runs. */
export type ExperimentNews =
  | { type: 'trial-begun'; trial: Trial; number: number; of: number }
  | { type: 'trial-finished'; trial: Trial; seconds: number }
  | { type: 'trial-failed'; trial: Trial; seconds: number; reason: string };

/** How the trials of an experiment stand at the end of a command. */
export interface TrialCounts {
  finished: number;
  failed: number;
  /** Neither: the experiment was interrupted. */
  left: number;
}

/** What {@link runTrials} needs. */
export interface TrialRun {
  trials: readonly Trial[];
  results: ResultsFolder;
  /** Measures a trial and writes what came of it into its folder. Rejects when it cannot, or when the signal aborts. */
  measure(trial: Trial, folder: string, signal: AbortSignal): Promise<void>;
  /** Whether trials that failed before are measured again. */
  retryFailed: boolean;
  tell(news: ExperimentNews): void;
  signal: AbortSignal;
}

/**
 * Measures the trials that are not finished, one after the other. One that fails is recorded with its reason, and the
 * rest goes on; a full disk or an abort ends the experiment, whose trial then counts as not begun.
 */
export async function runTrials(run: TrialRun): Promise<TrialCounts> {
  const { trials, results, signal } = run;
  const before = results.states();
  const due = trials.filter(({ id }) => {
    const status = before.get(id)?.status;
    return status !== 'finished' && (status !== 'failed' || run.retryFailed);
  });
  for (const trial of due) {
    signal.throwIfAborted();
    run.tell({ type: 'trial-begun', trial, number: trials.indexOf(trial) + 1, of: trials.length });
    await runTrial(trial, run);
  }
  return countsOf(trials, results);
}

async function runTrial(trial: Trial, { results, measure, tell, signal }: TrialRun): Promise<void> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const folder = await results.begin(trial.id);
  try {
    await measure(trial, folder, signal);
    signal.throwIfAborted();
    await results.finish(trial.id);
  } catch (error) {
    signal.throwIfAborted();
    if (isDiskFull(error)) throw error;
    const reason = messageOf(error);
    await results.fail(trial.id, reason);
    tell({ type: 'trial-failed', trial, seconds: seconds(), reason });
    return;
  }
  tell({ type: 'trial-finished', trial, seconds: seconds() });
}

/** Counts how the trials of an experiment stand. */
export function countsOf(trials: readonly Trial[], results: Pick<ResultsFolder, 'states'>): TrialCounts {
  const states = results.states();
  const count = (status: string) => trials.filter(({ id }) => states.get(id)?.status === status).length;
  const [finished, failed] = [count('finished'), count('failed')];
  return { finished, failed, left: trials.length - finished - failed };
}

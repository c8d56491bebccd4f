import type { LoadJob, LoadProgress } from '@vhive/shared';
import type { LoadFromNodes } from '../../../experiments/measure-trial.ts';
import type { CliContext } from '../../context.ts';
import type { Reporter } from '../../follow/reporter.ts';
import { type SentFrom, sendFrom } from '../../jobs/send-from.ts';
import type { SaidCoordinatorFlags } from '../../options/coordinator-options.ts';
import { combinedProgress } from '../../render/load/combined-progress.ts';

/** Sends the load of a trial from nodes, and tells how it goes as if one machine sent it. */
export async function sendTrial(
  job: LoadJob,
  load: LoadFromNodes,
  { flags, context, signal }: { flags: SaidCoordinatorFlags; context: CliContext; signal: AbortSignal },
  onProgress: (progress: LoadProgress) => void,
): Promise<SentFrom> {
  const recording = { ...load, keptOf: <S>(sample: S) => sample, onSample: () => undefined };
  const reporter = progressReporter(job.nodes, onProgress);
  return await sendFrom(job, recording, flags, context, { signal, reporter });
}

/** A reporter that tells nothing of the run but how the load of all nodes together goes. */
function progressReporter(nodes: readonly string[], onProgress: (progress: LoadProgress) => void): Reporter {
  const newest = new Map<string, LoadProgress>();
  const silent = () => undefined;
  return {
    ...{ message: silent, waiting: silent, started: silent, nodes: silent, event: silent, close: silent },
    progress({ load, stepId }, run) {
      const node = run.step(stepId)?.node;
      if (load === undefined || node === undefined) return;
      newest.set(node, load);
      // Once for each round of all nodes.
      if (node === nodes.at(-1)) onProgress(combinedProgress([...newest.values()]));
    },
  };
}

import { dirname, join, resolve } from 'node:path';
import { count } from '@vhive/base/count';
import { exists } from '@vhive/base/files/exists';
import { openKubeletSummaries } from '@vhive/base/kubernetes/kubelet-summary';
import { openPodLogs } from '@vhive/base/kubernetes/pod-log';
import { pointText } from '@vhive/core/experiments/points';
import { clusterKey, type Trial } from '@vhive/core/experiments/trials';
import { type LoadProgress, VhiveError } from '@vhive/shared';
import { checkPlacement } from '../../../experiments/check-placement.ts';
import { type Laboratory, measureTrial } from '../../../experiments/measure-trial.ts';
import { createResultsFolder, openResultsFolder, type ResultsFolder } from '../../../experiments/results-folder.ts';
import { countsOf, type ExperimentNews, runTrials } from '../../../experiments/run-trials.ts';
import { connectCluster } from '../../../functions/connect.ts';
import { knownSandbox } from '../../../functions/known-sandbox.ts';
import type { CliContext } from '../../context.ts';
import { describeDuration } from '../../duration.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { defaultStateDir } from '../../options/coordinator-options.ts';
import { type ProgressTeller, progressTeller } from '../../render/load/progress-teller.ts';
import { ensureCluster, hasCluster } from './ensure-cluster.ts';
import { checkClusters, experimentText, type PlannedExperiment, plannedExperiment } from './planned-experiment.ts';
import { sendTrial } from './send-trial.ts';
import { withAgents } from './with-agents.ts';

type MeasureFlags = Flags<'experiment resume'>;

/** Begins an experiment and measures all of it. */
export async function runNew(file: string, flags: Flags<'experiment run'>, context: CliContext): Promise<void> {
  const { io } = context;
  const text = await experimentText(file);
  const planned = plannedExperiment(file, text);
  await checkClusters(planned, dirname(resolve(file)));
  // Before there is a folder.
  await withInterrupt(io, (signal) => checkReachable(planned.trials, flags, io, signal));
  const path = flags.results ?? `${planned.experiment.name}-${timeOf(io.startedAt)}`;
  const results = await createResultsFolder(path, text, dirname(resolve(file)));
  await measureAll(planned, results, flags, context);
}

/** Goes on with an experiment. */
export async function runResume(path: string, flags: Flags<'experiment resume'>, context: CliContext): Promise<void> {
  const results = await openResultsFolder(path);
  const { experimentFile } = results;
  await measureAll(plannedExperiment(experimentFile.path, experimentFile.text), results, flags, context);
}

/**
 * Throws `unreachable` where the cluster of the first trial does not answer, and `usage` where some trial wants nodes that
 * it has not, unless that trial itself brings it up. Later a cluster that does not answer fails a trial, because the next
 * one may find it again.
 */
async function checkReachable(
  trials: readonly Trial[],
  { kubeconfig }: Pick<MeasureFlags, 'kubeconfig'>,
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const [first] = trials;
  if (first === undefined || hasCluster(first.point.settings)) return;
  const { api } = await connectCluster({ kubeconfig, namespace: first.point.settings.namespace }, io.env, signal);
  const points = new Set(trials.map(({ point }) => point));
  for (const { settings } of points) if (!hasCluster(settings)) await checkPlacement(api, settings, signal);
}

const timeOf = (date: Date) => date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase();

async function measureAll(
  { trials }: PlannedExperiment,
  results: ResultsFolder,
  flags: MeasureFlags,
  context: CliContext,
): Promise<void> {
  const { io } = context;
  try {
    const states = results.states();
    const due = trials.filter(({ id }) => states.get(id)?.status !== 'finished');
    await withInterrupt(io, (signal) => checkReachable(due, flags, io, signal));
    const { left, finished } = countsOf(trials, results);
    io.say(`${count(trials.length, 'trial')}, ${finished} finished, ${left} to be measured, into ${results.path}`);
    const counts = await withInterrupt(io, (signal) => {
      const lab = createLab(results, flags, context);
      return runTrials({
        ...{ trials, results, retryFailed: flags.retryFailed === true, signal },
        measure: (trial, folder) => lab(trial, folder, signal),
        tell: (news) => tellNews(news, io),
      });
    });
    io.result = { ...io.result, trials: counts, files: [results.path] };
    io.say(`report: vhive-coord experiment report ${results.path}`);
    if (counts.failed === 0) return;
    throw new VhiveError({
      code: 'step-failed',
      message: `${counts.failed} of ${trials.length} trials failed`,
      hint: `vhive-coord experiment resume ${results.path} --retry-failed`,
    });
  } finally {
    await results.close();
  }
}

/** Makes what measures trials. The cluster is brought to its settings where they differ from those of the trial before. */
function createLab(results: ResultsFolder, flags: MeasureFlags, context: CliContext) {
  const { kubeconfig } = flags;
  const { io } = context;
  let settings: string | undefined;
  return async (trial: Trial, folder: string, signal: AbortSignal) => {
    const wanted = trial.point.settings;
    const { namespace } = wanted;
    const key = clusterKey(wanted);
    if (hasCluster(wanted) && key !== settings) {
      tellStage(io, trial, 'bringing the cluster to its settings');
      await ensureCluster(wanted, { folder, sourceFolder: results.sourceFolder }, signal);
    }
    settings = key;
    const { api, kubeconfig: path } = await connectCluster({ kubeconfig, namespace }, io.env, signal);
    await checkPlacement(api, wanted, signal);
    const { sandbox } = await knownSandbox(api, undefined, signal);
    const lockFile = join(defaultStateDir(io.env), 'vhive.lock');
    let teller: ProgressTeller | undefined;
    const onProgress = (progress: LoadProgress) => {
      const { durationSeconds, warmUpSeconds } = trial.point.settings.load;
      teller ??= progressTeller(io, (durationSeconds + warmUpSeconds) * 1_000);
      teller.tell(progress);
    };
    const laboratory: Omit<Laboratory, 'agents'> = {
      ...{ api, logs: await openPodLogs(path), summaries: await openKubeletSummaries(path), sandbox },
      folder: results.sourceFolder,
      lockFile: (await exists(lockFile)) ? lockFile : undefined,
      tell: (stage) => tellStage(io, trial, stage, teller),
      onProgress,
      sendFrom: (job, load) => sendTrial(job, load, { flags, context, signal }, onProgress),
    };
    try {
      const measured = (agents: Laboratory['agents']) => measureTrial(trial, folder, { ...laboratory, agents }, signal);
      if (wanted.collect.usage) await withAgents(flags, context, measured);
      else await measured({ missing: 'nobody was asked' });
    } finally {
      teller?.close();
    }
  };
}

function tellStage(io: CliIo, { id }: Trial, stage: string, teller?: ProgressTeller): void {
  io.line({ type: 'trial', status: 'stage', trial: id, stage });
  const text = `  ${io.style.dim(`${id}: ${stage}`)}`;
  if (teller) teller.keep(text);
  else io.say(text);
}

function tellNews(news: ExperimentNews, io: CliIo): void {
  const { trial } = news;
  const { id, point, repetition } = trial;
  if (news.type === 'trial-begun') {
    io.line({ type: 'trial', status: 'begun', trial: id, number: news.number, values: point.values, repetition });
    io.say(`${io.style.busy(`${news.number} of ${news.of}`)} ${id}: ${pointText(point.values)}`);
  } else if (news.type === 'trial-finished') {
    io.line({ type: 'trial', status: 'finished', trial: id, seconds: news.seconds });
    io.say(`  ${io.style.good('measured')} in ${describeDuration(news.seconds)}`);
  } else {
    io.line({ type: 'trial', status: 'failed', trial: id, seconds: news.seconds, reason: news.reason });
    io.say(`  ${io.style.bad('failed')} after ${describeDuration(news.seconds)}: ${news.reason}`);
  }
}

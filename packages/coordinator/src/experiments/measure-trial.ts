import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count } from '@vhive/base/count';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { functionObstacles } from '@vhive/base/kubernetes/obstacles/function-obstacles';
import { referenceTo } from '@vhive/base/kubernetes/reference';
import { findTargets } from '@vhive/base/load/find-targets';
import { runLoad } from '@vhive/base/load/run-load';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import type { TrialRecord } from '@vhive/core/experiments/summary';
import type { Trial } from '@vhive/core/experiments/trials';
import type { Sandbox } from '@vhive/core/functions/catalogue';
import { makeSchedule } from '@vhive/core/load/make-schedule';
import { seedFor } from '@vhive/core/load/random';
import { defined, type LoadJob, type LoadProgress, type LoadTotals, VhiveError } from '@vhive/shared';
import { cleanUp } from '../functions/delete-functions.ts';
import { deployFunctions } from '../functions/deploy-functions.ts';
import { gatewayAddress } from '../functions/gateway-address.ts';
import { livePods, podCounts } from '../functions/pod-counts.ts';
import { mayStartAtZero } from '../functions/start-at-zero.ts';
import { watchReadiness } from '../functions/watch-readiness.ts';
import { type LoadRecord, type RecordedLoad, recordLoad } from '../load/record-load.ts';
import { clusterFacts } from './cluster-facts.ts';
import { type Sources, startCollectors } from './collect/collectors.ts';
import { type ExperimentFunction, experimentServices } from './experiment-services.ts';
import { loadNodes } from './load-nodes.ts';
import { TRIAL_FILE } from './report/read-results.ts';
import { waitUntilAtRest } from './reset-functions.ts';

/** A cluster on which trials are measured. */
export interface Laboratory extends Sources {
  sandbox: Sandbox;
  /** The folder from which paths of function files start. */
  folder: string;
  /** The lock file of the coordinator, which names the artifacts by their hashes; undefined where there is none here. */
  lockFile: string | undefined;
  onProgress(progress: LoadProgress): void;
  /** Has the agents of nodes send a load, and makes one record of it. Rejects where they do not answer. */
  sendFrom(job: LoadJob, load: LoadFromNodes): Promise<Pick<LoadRecord, 'totals' | 'finish'>>;
}

/** How a load from nodes is recorded. */
export type LoadFromNodes = Pick<RecordedLoad, 'schedule' | 'names' | 'asked' | 'readiness'>;

/** So many functions are deployed at a time. */
const CONCURRENCY = 5;
/** Where no call is answered, it is looked what keeps so many of the functions. */
const EXPLAINED = 3;
/** So many of the reasons are told while a function is waited for. */
const TOLD = 2;

/**
 * Measures a trial: deploys its functions, brings them to the state that is asked for, sends the load while things are
 * collected, and deletes the functions. All results are in the folder then. Rejects with the reason why it cannot.
 */
export async function measureTrial(
  trial: Trial,
  folder: string,
  laboratory: Laboratory,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = trial.point;
  const { api, sandbox, lockFile, tell } = laboratory;
  const startAtZero = settings.reset.to === 'zero' && (await mayStartAtZero(api, signal));
  const functions = await experimentServices(settings, { sandbox, folder: laboratory.folder, startAtZero });
  try {
    tell(`deploying ${count(functions.length, 'function')}`);
    const hosts = await deployed(functions, settings, laboratory, signal);
    const record = await measured(trial, folder, { functions, hosts }, laboratory, signal);
    await writeFileAtomic(join(folder, TRIAL_FILE), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o644 });
    const facts = await clusterFacts(api, signal);
    await writeFileAtomic(join(folder, 'cluster.json'), `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o644 });
    if (lockFile !== undefined) await copyFile(lockFile, join(folder, 'vhive.lock'));
  } finally {
    if (settings.tearDown === 'functions') {
      if (!signal.aborted) tell('deleting its functions');
      const names = functions.map(({ service }) => service.metadata.name);
      await cleanUp(names, { api, namespace: settings.namespace, signal });
    }
  }
}

/** Deploys functions, and returns their host names in the same order. Throws `step-failed` with what keeps one. */
async function deployed(
  functions: readonly ExperimentFunction[],
  { deployTimeoutSeconds }: Experiment,
  { api, tell }: Laboratory,
  signal: AbortSignal,
): Promise<string[]> {
  const result = await deployFunctions(
    { before: [], functions: [...functions], after: [] },
    {
      ...{ api, concurrency: CONCURRENCY, timeoutMs: deployTimeoutSeconds * 1_000, signal },
      onWaiting: (name, reasons) => tell(`${name} waits: ${reasons.slice(0, TOLD).join('; ')}`),
    },
  );
  return result.functions.map(({ name, url, reasons }) => {
    if (url !== undefined) return new URL(url).hostname;
    throw new VhiveError({ code: 'step-failed', message: `${name} is not Ready: ${(reasons ?? []).join('; ')}` });
  });
}

async function measured(
  trial: Trial,
  folder: string,
  { functions, hosts }: { functions: readonly ExperimentFunction[]; hosts: readonly string[] },
  laboratory: Laboratory,
  signal: AbortSignal,
): Promise<TrialRecord> {
  const { id, point, repetition } = trial;
  const { settings } = point;
  const { namespace, load, reset } = settings;
  const { api, tell } = laboratory;
  const begun = new Date();
  const gateway = await gatewayAddress(api, signal);
  if (reset.to === 'warm') await warmed(hosts, gateway, settings, laboratory, signal);
  else {
    tell('waiting until its functions are at rest');
    const resting = functions.map(({ service, minScale }) => ({ name: service.metadata.name, minScale }));
    const told = (why: string) => tell(`waiting: ${why}`);
    await waitUntilAtRest(api, namespace, resting, { timeoutMs: reset.timeoutSeconds * 1_000, tell: told, signal });
  }
  const resetSeconds = (Date.now() - begun.getTime()) / 1_000;
  const names = functions.map(({ service }) => service.metadata.name);
  const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { signal });
  const podsBefore = livePods(podCounts(pods, names));
  const seed = seedFor(settings.seed, id);
  const shape = {
    ...{ arrivals: load.arrivals, rps: load.rps, seed },
    ...{ timeMs: load.durationSeconds * 1_000, warmUpMs: load.warmUpSeconds * 1_000 },
  };
  const schedule = makeSchedule({ ...shape, endpoints: hosts });
  const nodes = await loadNodes(api, settings, signal);
  // Nodes that send the load look for the gateway themselves; this host need not reach it.
  const found = nodes ? undefined : await findTargets(hosts, { gateway, port: load.port }, signal);
  await using readiness = await watchReadiness(api, hosts, signal);
  const collectors = await startCollectors(folder, laboratory, settings, names);
  tell('measuring');
  let seen: Awaited<ReturnType<typeof collectors.stop>> | undefined;
  try {
    const { protocol, connections, port } = load;
    const calls = { protocol, connections, timeoutMs: load.timeoutSeconds * 1_000 };
    const names = { directory: folder, latencies: 'lat.csv', durations: undefined };
    const recording = { schedule, readiness, names, asked: load };
    const { totals, finish } = nodes
      ? await laboratory.sendFrom(
          {
            ...{ kind: 'load', nodes, endpoints: [...hosts], ...calls, path: '/', port, ...defined({ gateway }) },
            sending: { from: 'rate', ...shape },
          },
          recording,
        )
      : await recordLoad({
          ...recording,
          ...calls,
          targets: found?.targets ?? [],
          signal,
          onProgress: laboratory.onProgress,
        });
    await finish();
    signal.throwIfAborted();
    if (totals.ok === 0) throw await unanswered(totals, functions, api, signal);
    seen = await collectors.stop();
    const { podsMost, usage, complaints } = seen;
    return {
      ...{ version: 1, id, point: point.id, values: { ...point.values }, repetition },
      ...{
        startedAt: begun.toISOString(),
        endedAt: new Date().toISOString(),
        seed,
        resetSeconds,
        podsBefore,
        podsMost,
      },
      ...defined({ usage }),
      ...{ complaints: [...(found?.warnings ?? []), ...complaints], totals },
    };
  } finally {
    if (seen === undefined) await collectors.stop().catch(() => undefined);
  }
}

/** Makes the error of a trial in which no call was answered: what calls said, and what keeps the functions. */
async function unanswered(
  { failures }: LoadTotals,
  functions: readonly ExperimentFunction[],
  api: KubernetesApi,
  signal: AbortSignal,
): Promise<VhiveError> {
  const found = await Promise.all(
    functions.slice(0, EXPLAINED).map(({ service }) => functionObstacles(api, referenceTo(service), signal)),
  );
  const reasons = [failures[0]?.error ?? 'none was sent', ...found.flat().map(({ line }) => line)];
  return new VhiveError({ code: 'step-failed', message: `no call was answered: ${[...new Set(reasons)].join('; ')}` });
}

/** Calls every function until it has answered once. Throws `step-failed` where one does not. */
async function warmed(
  hosts: readonly string[],
  gateway: string | undefined,
  { load, reset }: Experiment,
  { tell }: Laboratory,
  signal: AbortSignal,
): Promise<void> {
  tell('warming its functions');
  const { targets } = await findTargets(hosts, { gateway, port: load.port }, signal);
  const { ok, planned, failures } = await runLoad({
    shots: hosts.map((_, endpoint) => ({ atMs: 0, endpoint })),
    ...{ endpoints: targets, protocol: load.protocol, connections: 'per-request', signal },
    timeoutMs: reset.timeoutSeconds * 1_000,
  });
  if (ok === planned) return;
  throw new VhiveError({
    code: 'step-failed',
    message: `${planned - ok} of ${planned} functions gave no answer to warm them: ${failures[0]?.error ?? 'no reason'}`,
  });
}

import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { PodLogs } from '@vhive/base/kubernetes/pod-log';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import type { TrialUsage } from '@vhive/core/experiments/summary';
import { usageHeader } from '@vhive/core/experiments/usage-rows';
import { messageOf } from '@vhive/shared';
import { livePods, type PodCounts, watchPodCounts } from '../../functions/pod-counts.ts';
import { watchUnscheduled } from '../../functions/unscheduled.ts';
import { startUsage, type UsageCollector, type UsageSources } from './usage.ts';

/** From where things are collected. */
export interface Sources extends UsageSources {
  api: KubernetesApi;
  logs: PodLogs;
  /** Tells a person what goes on. */
  tell(text: string): void;
}

/** Collectors at work. */
export interface Collectors {
  /** Ends them, and resolves with what they saw when their files are complete. */
  stop(): Promise<{ podsMost: number; usage: TrialUsage | undefined; complaints: string[] }>;
}

/** The parts of Knative whose output explains a measurement, by the label `app` of their pods, which names the container. */
const EXPLAINING = ['activator', 'autoscaler'];
const SERVING = 'knative-serving';

/**
 * Begins to collect into a folder: pods.csv, usage.csv, and logs/. What cannot be collected is among the complaints, and
 * does not end the measurement; a file that cannot be written does.
 */
export async function startCollectors(
  folder: string,
  sources: Sources,
  { namespace, collect }: Pick<Experiment, 'namespace' | 'collect'>,
  functions: readonly string[],
): Promise<Collectors> {
  const { api, logs } = sources;
  const stopping = new AbortController();
  const { signal } = stopping;
  const complaints: string[] = [];
  const complain = (text: string) => void complaints.push(text);
  const files: WriteStream[] = [];
  const open = (path: string, header = '') => {
    const file = createWriteStream(path, { mode: 0o644 });
    // What goes wrong is told when the file is ended.
    file.on('error', () => undefined);
    file.write(header);
    files.push(file);
    return (text: string) => void file.write(text);
  };
  let podsMost = 0;
  const writePods = open(join(folder, 'pods.csv'), podHeader);
  const known = new Map<string, string>();
  const told = (counts: ReadonlyMap<string, PodCounts>) => {
    podsMost = Math.max(podsMost, livePods(counts));
    writePods(changedRows(new Date(), counts, known));
  };
  const work = [
    watchPodCounts(api, { namespace, functions }, told, signal),
    watchUnscheduled(api, { namespace, functions }, sources.tell, signal),
  ];
  let usage: UsageCollector | undefined;
  if (collect.usage) {
    usage = await startUsage(sources, open(join(folder, 'usage.csv'), usageHeader), complain, signal);
    work.push(usage.finished);
  }
  if (collect.logs) {
    await mkdir(join(folder, 'logs'));
    const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace: SERVING }, { metadataOnly: true });
    for (const { metadata } of pods) {
      const container = (metadata.labels as Record<string, string> | undefined)?.app ?? '';
      if (!EXPLAINING.includes(container)) continue;
      const write = open(join(folder, 'logs', `${metadata.name}.log`));
      work.push(followLog(logs, { pod: metadata.name, container }, write, signal));
    }
  }
  const watched = work.map((one) =>
    one.catch((error: unknown) => {
      if (!signal.aborted) complain(messageOf(error));
    }),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(watched);
      await Promise.all(
        files.map(async (file) => {
          file.end();
          await finished(file);
        }),
      );
      return { podsMost, usage: usage?.result(), complaints };
    },
  };
}

async function followLog(
  logs: PodLogs,
  { pod, container }: { pod: string; container: string },
  write: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  // Only what is printed from now on.
  for await (const line of logs.lines({ namespace: SERVING, pod, container, tail: 0, follow: true }, signal))
    write(`${line}\n`);
}

const podHeader = 'time,function,ready,unready,pending,terminating\n';

/** Writes the functions whose pods are not as they are `known`, and makes them known. */
function changedRows(now: Date, counts: ReadonlyMap<string, PodCounts>, known: Map<string, string>): string {
  return [...counts]
    .flatMap(([name, { ready, unready, pending, terminating }]) => {
      const row = [name, ready, unready, pending, terminating].join(',');
      if (known.get(name) === row) return [];
      known.set(name, row);
      return [`${now.toISOString()},${row}\n`];
    })
    .join('');
}

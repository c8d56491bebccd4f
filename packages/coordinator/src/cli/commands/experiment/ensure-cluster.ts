import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { problemsError } from '@vhive/core/cluster-file/problem';
import { parseSource } from '@vhive/core/cluster-file/source-file';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import { mergeFields } from '@vhive/core/experiments/merge-fields';
import { controlPlaneByLabels } from '@vhive/core/experiments/placement';
import { exitCodeOf, failureCodes, VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import * as z from 'zod';
import { readClusterFile } from '../../options/read-cluster-file.ts';

/** So many of the last lines of `up` are told when it failed. */
const LAST_LINES = 3;

type ClusterSettings = Pick<Experiment, 'clusterFile' | 'cluster' | 'placement'>;

/** Whether an experiment says what its cluster is like. */
export function hasCluster({ clusterFile, cluster }: ClusterSettings): boolean {
  return clusterFile !== undefined || cluster !== undefined;
}

/**
 * The fields of the cluster file that an experiment asks for. Throws `usage` where its file cannot be read, or where its
 * labels do not say which node the control plane is.
 */
export async function clusterFields(settings: ClusterSettings, folder: string): Promise<object> {
  const fields = await writtenFields(settings, folder);
  const { controlPlane } = settings.placement;
  if (controlPlane === undefined || typeof controlPlane === 'string') return fields;
  const { kubernetes } = labelled.parse(fields);
  return { controlPlane: controlPlaneByLabels(controlPlane, kubernetes.nodeLabels), ...fields };
}

/** The part of a cluster file that says what labels nodes have. `up` says what is wrong with it. */
const labelled = z.looseObject({
  kubernetes: z
    .looseObject({ nodeLabels: z.record(z.string(), z.record(z.string(), z.string())).catch({}) })
    .catch({ nodeLabels: {} }),
});

async function writtenFields(
  { clusterFile, cluster = {} }: ClusterSettings,
  folder: string,
): Promise<Parameters<typeof mergeFields>[0]> {
  if (clusterFile === undefined) return cluster;
  const source = parseSource(await readClusterFile(resolve(folder, clusterFile)));
  if (source.problems.length > 0) throw problemsError(source.problems);
  return mergeFields(source.content as Parameters<typeof mergeFields>[0], cluster);
}

/**
 * Brings the cluster to the settings of an experiment, by `up` in a process of its own. Its cluster file and its output
 * are kept in `folder`; paths start from `sourceFolder`. Throws with the code of `up` where that failed.
 */
export async function ensureCluster(
  settings: ClusterSettings,
  { folder, sourceFolder }: { folder: string; sourceFolder: string },
  signal: AbortSignal,
): Promise<void> {
  const cluster = await clusterFields(settings, sourceFolder);
  const file = join(folder, 'vhive.yaml');
  // JSON is YAML.
  await writeFileAtomic(file, `${JSON.stringify(cluster, null, 2)}\n`, { mode: 0o644 });
  const [program = '', ...rest] = [...process.execArgv, process.argv[1] ?? ''];
  const up = execa(process.execPath, [program, ...rest, 'up', '--config', file, '--output', 'json'].filter(Boolean), {
    ...{ stdin: 'ignore', reject: false, buffer: { stdout: false, stderr: true }, cancelSignal: signal },
    // It ends in order, so that it can be resumed.
    forceKillAfterDelay: false,
  });
  up.stdout.pipe(createWriteStream(join(folder, 'up.jsonl'), { mode: 0o644 }));
  const { exitCode, stderr } = await up;
  signal.throwIfAborted();
  if (exitCode === 0) return;
  const lines = stderr.trim().split('\n').slice(-LAST_LINES);
  throw new VhiveError({
    code: failureCodes.find((code) => exitCodeOf(code) === exitCode) ?? 'internal',
    message: `the cluster was not brought to its settings: ${lines.join(' ')}`,
    hint: `vhive-coord up --config ${file}`,
  });
}

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import { exitCodeOf, failureCodes, VhiveError } from '@vhive/shared';
import { execa } from 'execa';

/** So many of the last lines of `up` are told when it failed. */
const LAST_LINES = 3;

/**
 * Brings the cluster to the settings of an experiment, by `up` in a process of its own. Its cluster file and its output
 * are kept in the folder. Throws with the code of `up` where that failed.
 */
export async function ensureCluster(
  cluster: Experiment['cluster'],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
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

import { readSamples } from '@vhive/base/load/sample-file';
import { pause } from '@vhive/base/retry/sleep';
import { TOLD_WITHIN_MS } from '@vhive/core/load/cold-or-warm';
import { actions, type LoadJob, type LoadTotals } from '@vhive/shared';
import { type Generated, type GeneratedLoad, recordGenerators } from '../../load/record-generators.ts';
import type { CliContext } from '../context.ts';
import type { SaidCoordinatorFlags } from '../options/coordinator-options.ts';
import { type DoneJob, type JobOptions, withJob } from './with-job.ts';

/** How a load from several nodes went. */
export interface SentFrom {
  totals: LoadTotals;
  /** What each node did, in the order of their shares. */
  generators: readonly Generated[];
  runId: string;
  /** Gives the result files their names, and returns their paths. */
  finish(): Promise<string[]>;
}

/**
 * Has the agents of nodes send a load, each its share from the same moment on, and makes one result of what they sent.
 * Nothing of it is left on nodes or in the coordinator's store. Throws what {@link withJob} throws.
 */
export async function sendFrom(
  job: LoadJob,
  recording: Omit<GeneratedLoad, 'generators'>,
  flags: SaidCoordinatorFlags,
  context: CliContext,
  options: JobOptions,
): Promise<SentFrom> {
  return await withJob(job, flags, context, options, async (done) => {
    // What happened to pods until the last call is told by then.
    if (recording.readiness) await pause(TOLD_WITHIN_MS, options.signal);
    const files = job.nodes.map((node) => publishedBy(node, done));
    const generators = await Promise.all(
      job.nodes.map(async (node, index) => await generatedBy(node, files[index] ?? '', done)),
    );
    const recorded = await recordGenerators({ ...recording, generators });
    for (const file of files) await done.removeFile(file);
    return { ...recorded, generators, runId: done.view.runId };
  });
}

function publishedBy(node: string, done: DoneJob): string {
  return actions['artifact.publish'].outputs.parse(done.outputs(`load-send/${node}`, 'publish')).artifact.sha256;
}

async function generatedBy(node: string, file: string, done: DoneJob): Promise<Generated> {
  const { totals, startedAtMs, clockOffsetMs } = actions['load.send'].outputs.parse(
    done.outputs(`load-send/${node}`, 'send'),
  );
  const samples = readSamples(await done.openFile(file), `the samples of ${node}`);
  return { node, samples, totals, startedAtMs, clockOffsetMs };
}

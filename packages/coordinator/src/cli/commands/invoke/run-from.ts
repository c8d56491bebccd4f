import { readSamples } from '@vhive/base/load/sample-file';
import { pause } from '@vhive/base/retry/sleep';
import { TOLD_WITHIN_MS } from '@vhive/core/load/cold-or-warm';
import { actions } from '@vhive/shared';
import { type Generated, recordGenerators } from '../../../load/record-generators.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import { type DoneJob, withJob } from '../../jobs/with-job.ts';
import type { Flags } from '../../options/command-options.ts';
import { generatorLines } from '../../render/load/generator-lines.ts';
import { generatorReporter } from './generator-progress.ts';
import { failureText, judge } from './judge.ts';
import { loadJobOf } from './load-job.ts';
import { beginning, namesOf, prepareInvoke, profiled, saveSchedule } from './prepare-invoke.ts';
import { watchPods } from './watch-pods.ts';

/**
 * Has the agents of nodes send a load, each its share from the same moment on, and makes one result of what they sent.
 * Throws what {@link withJob} throws.
 */
export async function runFrom(
  hosts: string[],
  nodes: readonly string[],
  flags: Flags<'invoke'>,
  context: CliContext,
): Promise<void> {
  const { io } = context;
  const { schedule, calls } = await prepareInvoke(hosts, flags);
  const job = loadJobOf(schedule, flags, nodes);
  await saveSchedule(schedule, flags);
  io.say(`${beginning(schedule, calls, flags)}, from ${nodes.join(', ')}`);
  const reporter = await generatorReporter(io, schedule.durationMs);
  await withInterrupt(io, async (signal) => {
    await using readiness = await watchPods(schedule.endpoints, flags, io, signal);
    await withJob(job, flags, context, { signal, reporter }, async (done) => {
      // What happened to pods until the last call is told by then.
      if (readiness) await pause(TOLD_WITHIN_MS, signal);
      const files = nodes.map((node) => publishedBy(node, done));
      const generators = await Promise.all(
        nodes.map(async (node, index) => await generatedBy(node, files[index] ?? '', done)),
      );
      const { origins: _, ...asked } = flags;
      const { totals, finish } = await recordGenerators({
        ...{ schedule, generators, asked, readiness, names: namesOf(flags) },
        keptOf: flags.profile ? profiled : (sample) => sample,
        onSample(sample, node) {
          if (flags.verbose && sample.outcome !== 'ok') io.say(`${node}: ${failureText(sample, schedule)}`);
        },
      });
      judge(totals, flags, io);
      for (const line of generatorLines(generators, io.width, io.style)) io.say(line);
      const paths = await finish();
      io.result = { ...io.result, runId: done.view.runId, files: paths };
      io.say(`results: ${paths.join(', ')}`);
      for (const file of files) await done.removeFile(file);
    });
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

import type { Sample } from '@vhive/base/load/sample';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import { sendFrom } from '../../jobs/send-from.ts';
import type { Flags } from '../../options/command-options.ts';
import { generatorLines } from '../../render/load/generator-lines.ts';
import { generatorReporter } from './generator-progress.ts';
import { failureText, judge } from './judge.ts';
import { loadJobOf } from './load-job.ts';
import { beginning, namesOf, prepareInvoke, profiled, saveSchedule } from './prepare-invoke.ts';
import { watchPods } from './watch-pods.ts';

/**
 * Has the agents of nodes send a load, each its share from the same moment on, and makes one result of what they sent.
 * Throws what {@link sendFrom} throws.
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
    const { origins: _, ...asked } = flags;
    const recording = {
      ...{ schedule, asked, readiness, names: namesOf(flags) },
      keptOf: flags.profile ? profiled : (sample: Sample) => sample,
      onSample(sample: Sample, node: string) {
        if (flags.verbose && sample.outcome !== 'ok') io.say(`${node}: ${failureText(sample, schedule)}`);
      },
    };
    const { totals, generators, finish, runId } = await sendFrom(job, recording, flags, context, { signal, reporter });
    judge(totals, flags, io);
    for (const line of generatorLines(generators, io.width, io.style)) io.say(line);
    const paths = await finish();
    io.result = { ...io.result, runId, files: paths };
    io.say(`results: ${paths.join(', ')}`);
  });
}

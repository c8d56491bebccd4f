import { findTargets } from '@vhive/base/load/find-targets';
import { defined } from '@vhive/shared';
import { recordLoad } from '../../../load/record-load.ts';
import { ZipkinTracer } from '../../../load/zipkin.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { progressTeller } from '../../render/load/progress-teller.ts';
import { failureText, judge } from './judge.ts';
import { beginning, namesOf, prepareInvoke, profiled, saveSchedule } from './prepare-invoke.ts';
import { watchPods } from './watch-pods.ts';

/** Calls endpoints at a rate, tells how it goes and how it went, and writes the results. */
export async function runInvoke(hosts: string[], flags: Flags<'invoke'>, { io }: CliContext): Promise<void> {
  const { schedule, calls } = await prepareInvoke(hosts, flags);
  const { gateway, port } = flags;
  await withInterrupt(io, async (signal) => {
    const where = { gateway: gateway?.host, port: gateway?.port ?? port };
    const { targets, warnings } = await findTargets(schedule.endpoints, where, signal);
    for (const warning of warnings) io.warn(warning);
    await saveSchedule(schedule, flags);
    await using readiness = await watchPods(schedule.endpoints, flags, io, signal);
    io.say(beginning(schedule, calls, flags));
    const tracer = flags.trace ? new ZipkinTracer(new URL(flags.zipkin), targets) : undefined;
    const teller = progressTeller(io, schedule.durationMs);
    const { origins: _, ...asked } = flags;
    const { totals, finish } = await recordLoad({
      ...orderOf(flags),
      ...{ schedule, targets, asked, signal, readiness, names: namesOf(flags) },
      headersOf: tracer && ((index) => tracer.headersOf(index)),
      ...defined({ keptOf: flags.profile ? profiled : undefined }),
      onSample(sample) {
        tracer?.add(sample);
        if (flags.verbose && sample.outcome !== 'ok') teller.keep(failureText(sample, schedule));
      },
      onProgress: (progress) => teller.tell(progress),
    }).finally(() => teller.close());
    judge(totals, flags, io);
    if (tracer) await tellTraces(tracer, flags.zipkin, io);
    const paths = await finish();
    io.result = { ...io.result, files: paths };
    io.say(`results: ${paths.join(', ')}`);
  });
}

function orderOf({ protocol, connections, path, timeout, maxInFlight }: Flags<'invoke'>) {
  return { protocol, connections, path, timeoutMs: timeout * 1000, ...defined({ mostInFlight: maxInFlight }) };
}

async function tellTraces(tracer: ZipkinTracer, url: string, io: CliIo): Promise<void> {
  await tracer.finish();
  const { ok, lost } = tracer.sent;
  if (lost > 0) io.warn(`${lost} of ${ok + lost} spans were not taken by ${url}: ${tracer.failure}`);
  else io.say(`traces: ${ok} spans are in Zipkin at ${url}`);
}

import { count } from '@vhive/base/count';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { findTargets } from '@vhive/base/load/find-targets';
import type { Sample } from '@vhive/base/load/sample';
import { scheduleLines } from '@vhive/core/load/schedule-file';
import { parseThreshold } from '@vhive/core/load/thresholds';
import { defined, exitCodeOf, type LoadTotals, type Schedule } from '@vhive/shared';
import { recordLoad } from '../../../load/record-load.ts';
import { ZipkinTracer } from '../../../load/zipkin.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { prepareDirectory } from '../../options/output-directory.ts';
import { type ProgressTeller, progressTeller } from '../../render/load/progress-teller.ts';
import { lateWarning, summaryLines } from '../../render/load/summary-lines.ts';
import { chooseSchedule } from './choose-schedule.ts';

/** Calls endpoints at a rate, tells how it goes and how it went, and writes the results. */
export async function runInvoke(hosts: string[], flags: Flags<'invoke'>, { io }: CliContext): Promise<void> {
  const schedule = await chooseSchedule(hosts, flags);
  let calls = 0;
  for (const _ of schedule.shots) calls++;
  await prepareDirectory(flags.outputDir, calls);
  const { gateway, port } = flags;
  await withInterrupt(io, async (signal) => {
    const where = { gateway: gateway?.host, port: gateway?.port ?? port };
    const { targets, warnings } = await findTargets(schedule.endpoints, where, signal);
    for (const warning of warnings) io.warn(warning);
    if (flags.saveSchedule !== undefined)
      await writeFileAtomic(flags.saveSchedule, [...scheduleLines(schedule)].join(''), { mode: 0o644 });
    const names = {
      directory: flags.outputDir,
      latencies: flags.latf,
      durations: flags.profile ? flags.durf : undefined,
    };
    io.say(beginning(schedule, calls, flags));
    const tracer = flags.trace ? new ZipkinTracer(new URL(flags.zipkin), targets) : undefined;
    const teller = progressTeller(io, schedule.durationMs);
    const { origins: _, ...asked } = flags;
    const { totals, finish } = await recordLoad({
      ...orderOf(flags),
      ...{ schedule, targets, names, asked, signal },
      headersOf: tracer && ((index) => tracer.headersOf(index)),
      ...defined({ keptOf: flags.profile ? profiled : undefined }),
      onSample(sample) {
        tracer?.add(sample);
        if (flags.verbose) tellFailure(teller, sample, schedule);
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

function beginning(
  { source, seed, endpoints }: Schedule,
  calls: number,
  { protocol, connections }: Flags<'invoke'>,
): string {
  const how =
    connections === 'reuse' ? 'over connections that are reused' : 'over a new connection each, in its latency';
  const whom = endpoints.length === 1 ? endpoints[0] : `${endpoints.length} endpoints`;
  return `${count(calls, 'call')} of ${whom} (${protocol}), ${how}: ${source}${seed === null ? '' : `, seed ${seed}`}`;
}

/** The sample with the function's own duration, which is the last word of the reply, in microseconds. */
function profiled(sample: Sample): Sample {
  const micros = /(?:^|\s)(\d+)\s*$/.exec(sample.reply ?? '')?.[1];
  return micros === undefined ? sample : { ...sample, functionMs: Number(micros) / 1000 };
}

function tellFailure(teller: ProgressTeller, sample: Sample, { endpoints }: Schedule): void {
  if (sample.outcome === 'ok') return;
  const at = (sample.sentMs / 1000).toFixed(3);
  teller.keep(`call ${sample.index} at ${at} s, ${endpoints[sample.endpoint]}: ${sample.error ?? sample.outcome}`);
}

async function tellTraces(tracer: ZipkinTracer, url: string, io: CliIo): Promise<void> {
  await tracer.finish();
  const { ok, lost } = tracer.sent;
  if (lost > 0) io.warn(`${lost} of ${ok + lost} spans were not taken by ${url}: ${tracer.failure}`);
  else io.say(`traces: ${ok} spans are in Zipkin at ${url}`);
}

/** Says how the load went, and makes that the command's result. */
function judge(totals: LoadTotals, { failIf = [] }: Flags<'invoke'>, io: CliIo): void {
  for (const line of summaryLines(totals, io.width, io.style)) io.say(line);
  const late = lateWarning(totals);
  if (late !== undefined) io.warn(late);
  io.result = { ...io.result, load: totals };
  const judged = failIf.map((text) => ({ text, ...parseThreshold(text).judge(totals) })).filter(({ met }) => met);
  for (const { text, value } of judged) io.note(`${io.style.bad('failed:')} ${text} holds: it is ${value}`);
  const complaint = totals.interrupted
    ? { code: 'interrupted' as const, message: 'the load was interrupted; the results are of what was sent until then' }
    : judged.length > 0
      ? {
          code: 'step-failed' as const,
          message: `it holds: ${judged.map(({ text, value }) => `${text} (${value})`).join(', ')}`,
        }
      : totals.planned > 0 && totals.ok === 0
        ? { code: 'step-failed' as const, message: `all calls failed: ${totals.failures[0]?.error ?? 'none was sent'}` }
        : undefined;
  if (complaint) io.fail({ ...complaint, exitCode: exitCodeOf(complaint.code) });
}

import { join } from 'node:path';
import { count } from '@vhive/base/count';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { findTargets } from '@vhive/base/load/find-targets';
import { scheduleLines } from '@vhive/core/load/schedule-file';
import { type LoadTotals, type Schedule, VhiveError } from '@vhive/shared';
import { connectCluster, type FunctionCluster } from '../../../functions/connect.ts';
import { cleanUp } from '../../../functions/delete-functions.ts';
import { gatewayAddress } from '../../../functions/gateway-address.ts';
import { knownSandbox } from '../../../functions/known-sandbox.ts';
import { mayStartAtZero } from '../../../functions/start-at-zero.ts';
import { watchUnscheduled } from '../../../functions/unscheduled.ts';
import { watchReadiness } from '../../../functions/watch-readiness.ts';
import { recordLoad } from '../../../load/record-load.ts';
import { ExecutionFile } from '../../../traces/execution-file.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { prepareDirectory } from '../../options/output-directory.ts';
import { progressTeller } from '../../render/load/progress-teller.ts';
import { lateWarning, summaryLines } from '../../render/load/summary-lines.ts';
import { measureIterations } from './calibrate.ts';
import { deployTrace, traceServices } from './deploy-trace.ts';
import { type ReplayPlan, replayPlan } from './replay-plan.ts';

/** Replays a trace: deploys its functions, makes its calls, and writes what came of them. */
export async function runReplay(folder: string | undefined, flags: Flags<'replay'>, { io }: CliContext): Promise<void> {
  const plan = await replayPlan(folder, flags);
  const { trace, leftOut, ignored } = plan;
  if (leftOut.length > 0)
    io.say(`left out, since durations or memory are not known: ${count(leftOut.length, 'function')}`);
  if (ignored.length > 0) io.say(`without a meaning here: ${ignored.join(', ')}`);
  let calls = 0;
  for (const _ of plan.scheduleFor([]).shots) calls += 1;
  if (calls === 0)
    throw new VhiveError({
      code: 'usage',
      message: 'the trace has no call of these functions in this time',
      hint: 'choose other functions, or another time with --from and --minutes',
    });
  await prepareDirectory(flags.outputDir, calls);
  io.say(`${count(trace.functions.length, 'function')}, ${count(calls, 'call')}: ${plan.scheduleFor([]).source}`);
  await withInterrupt(io, async (signal) => {
    const cluster = await connectCluster(flags, io.env, signal);
    const gateway = flags.gateway?.host ?? (await gatewayAddress(cluster.api, signal));
    await replayOn(cluster, gateway, plan, flags, io, signal);
  });
}

async function replayOn(
  cluster: FunctionCluster,
  gateway: string | undefined,
  plan: ReplayPlan,
  flags: Flags<'replay'>,
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const { api, namespace } = cluster;
  const sandbox = flags.sandbox ?? (await knownSandbox(api, undefined, signal)).sandbox;
  const initialScale = (await mayStartAtZero(api, signal)) ? 0 : 1;
  const deployment = { ...plan.service, namespace, sandbox, initialScale };
  const iterationsPerMs =
    flags.iterations ?? (await measureIterations({ ...deployment, cluster, gateway, port: plan.port, io, signal }));
  const services = traceServices(plan.trace, { ...deployment, iterationsPerMs });
  try {
    const hosts = await deployTrace(services, cluster, io, signal);
    const schedule = plan.scheduleFor(hosts);
    if (flags.saveSchedule !== undefined)
      await writeFileAtomic(flags.saveSchedule, [...scheduleLines(schedule)].join(''), { mode: 0o644 });
    const functions = services.map(({ service }) => service.metadata.name);
    await measure(schedule, { cluster, gateway, functions }, plan, flags, io, signal);
  } finally {
    if (!flags.keep) {
      const names = services.map(({ service }) => service.metadata.name);
      if (!signal.aborted) io.say('deleting the functions');
      await cleanUp(names, { api, namespace, signal });
    }
  }
}

async function measure(
  schedule: Schedule,
  { cluster, gateway, functions }: { cluster: FunctionCluster; gateway: string | undefined; functions: string[] },
  { options, port, timeoutMs }: ReplayPlan,
  { origins: _, ...asked }: Flags<'replay'>,
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const { connections, outputDir } = asked;
  const { targets, warnings } = await findTargets(schedule.endpoints, { gateway, port }, signal);
  for (const warning of warnings) io.warn(warning);
  await using readiness = await watchReadiness(cluster.api, schedule.endpoints, signal);
  const teller = progressTeller(io, schedule.durationMs);
  const over = new AbortController();
  const tell = (text: string) => {
    io.line({ type: 'message', level: 'warning', text });
    teller.keep(text);
  };
  const watched = watchUnscheduled(cluster.api, { namespace: cluster.namespace, functions }, tell, over.signal);
  const records = new ExecutionFile(schedule, options, connections === 'per-request');
  const { totals, startedAt, finish } = await recordLoad({
    ...{ schedule, targets, protocol: 'executor', connections, timeoutMs, asked, signal, readiness },
    names: { directory: outputDir, latencies: 'lat.csv', durations: undefined },
    onProgress: (progress) => teller.tell(progress),
    onSample: (sample) => records.add(sample),
  }).finally(async () => {
    over.abort(new Error('all calls are over'));
    await watched;
    teller.close();
  });
  io.result = { ...io.result, load: totals };
  for (const line of summaryLines(totals, io.width, io.style)) io.say(line);
  const late = lateWarning(totals);
  if (late !== undefined) io.warn(late);
  const file = join(outputDir, `experiment_duration_${options.count - options.warmUp}.csv`);
  await writeFileAtomic(file, records.text(startedAt), { mode: 0o644 });
  const files = [file, ...(await finish())];
  io.result = { ...io.result, files };
  io.say(`results: ${files.join(', ')}`);
  complain(totals);
}

/** Throws where the replay was interrupted, or no call was answered. */
function complain({ interrupted, ok, failures }: LoadTotals): void {
  if (interrupted)
    throw new VhiveError({
      code: 'interrupted',
      message: 'the replay was interrupted; the results are of what was sent until then',
    });
  if (ok === 0)
    throw new VhiveError({
      code: 'step-failed',
      message: `all calls failed: ${failures[0]?.error ?? 'none was sent'}`,
    });
}

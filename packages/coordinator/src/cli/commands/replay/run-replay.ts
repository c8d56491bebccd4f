import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { scheduleLines } from '@vhive/core/load/schedule-file';
import { type LoadTotals, type Schedule, VhiveError } from '@vhive/shared';
import { mayStartAtZero } from '../../../experiments/cluster-facts.ts';
import { connectCluster, type FunctionCluster } from '../../../functions/connect.ts';
import { deleteFunctions } from '../../../functions/delete-functions.ts';
import { gatewayAddress } from '../../../functions/gateway-address.ts';
import { knownSandbox } from '../../../functions/known-sandbox.ts';
import { measureLoad } from '../../../load/measure-load.ts';
import { prepareDirectory } from '../../../load/output-directory.ts';
import { ExecutionFile } from '../../../traces/execution-file.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { progressTeller } from '../invoke/progress-teller.ts';
import { lateWarning, summaryLines } from '../invoke/summary-lines.ts';
import { measureIterations } from './calibrate.ts';
import { deployTrace, traceServices } from './deploy-trace.ts';
import { type ReplayPlan, replayPlan } from './replay-plan.ts';

/** After an abort, the deletion of functions is begun within so many milliseconds. */
const REMOVAL_MS = 5_000;

/** Replays a trace: deploys its functions, makes its calls, and writes what came of them. */
export async function runReplay(folder: string | undefined, flags: Flags<'replay'>, { io }: CliContext): Promise<void> {
  const plan = await replayPlan(folder, flags);
  const { trace, leftOut, ignored } = plan;
  if (leftOut.length > 0)
    io.say(`${leftOut.length} functions are left out, of which durations or memory are not known`);
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
  io.say(`${trace.functions.length} functions, ${calls} calls: ${plan.scheduleFor([]).source}`);
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
    await measure(schedule, gateway, plan, flags, io, signal);
  } finally {
    if (!flags.keep) {
      const wait = !signal.aborted;
      if (wait) io.say('deleting the functions');
      const names = services.map(({ service }) => service.metadata.name);
      const until = wait ? signal : AbortSignal.timeout(REMOVAL_MS);
      await deleteFunctions(names, { api, namespace, wait, signal: until, onDeleted: () => undefined });
    }
  }
}

async function measure(
  schedule: Schedule,
  gateway: string | undefined,
  { options, port, timeoutMs }: ReplayPlan,
  { connections, outputDir }: Flags<'replay'>,
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const teller = progressTeller(io, schedule.durationMs);
  const records = new ExecutionFile(schedule, options, connections === 'per-request');
  try {
    const { totals, startedAt } = await measureLoad({
      ...{ schedule, gateway, port, folder: outputDir, protocol: 'executor', connections, timeoutMs, signal },
      onProgress: (progress) => teller.tell(progress),
      warn: (text) => warn(io, text),
      onSample: (sample) => records.add(sample),
    });
    teller.close();
    const minutes = options.count - options.warmUp;
    const file = join(outputDir, `experiment_duration_${minutes}.csv`);
    await writeFileAtomic(file, records.text(startedAt), { mode: 0o644 });
    io.result = {
      ...io.result,
      load: totals,
      files: [file, join(outputDir, 'results.json'), join(outputDir, 'calls.csv')],
    };
    io.say(`results: ${file}, and results.json and calls.csv beside it`);
    judge(totals, io);
  } finally {
    teller.close();
  }
}

function warn(io: CliIo, text: string): void {
  io.line({ type: 'message', level: 'warning', text });
  io.note(`${io.style.warn('warning:')} ${text}`);
}

function judge(totals: LoadTotals, io: CliIo): void {
  for (const line of summaryLines(totals, io.width, io.style)) io.say(line);
  const late = lateWarning(totals);
  if (late !== undefined) warn(io, late);
  if (totals.interrupted)
    throw new VhiveError({
      code: 'interrupted',
      message: 'the replay was interrupted; the results are of what was sent until then',
    });
  if (totals.ok === 0)
    throw new VhiveError({
      code: 'step-failed',
      message: `all calls failed: ${totals.failures[0]?.error ?? 'none was sent'}`,
    });
}

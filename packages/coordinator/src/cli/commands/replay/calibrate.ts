import { findTargets } from '@vhive/base/load/find-targets';
import { runLoad } from '@vhive/base/load/run-load';
import type { Sample } from '@vhive/base/load/sample';
import { calibration, iterationsPerMs } from '@vhive/core/traces/calibration';
import type { TraceFunction } from '@vhive/core/traces/trace';
import { type TraceServiceOptions, traceService } from '@vhive/core/traces/trace-service';
import type { FunctionCluster } from '../../../functions/connect.ts';
import { cleanUp } from '../../../functions/delete-functions.ts';
import type { CliIo } from '../../io.ts';
import { deployTrace } from './deploy-trace.ts';

/** What a calibration is made with. */
export interface CalibrationContext extends Omit<TraceServiceOptions, 'iterationsPerMs'> {
  cluster: FunctionCluster;
  gateway: string | undefined;
  port: number;
  io: CliIo;
  signal: AbortSignal;
}

const NAME = 'trace-func-calibration';
const TIMEOUT_MS = 120_000;
/** A function of the trace's kind, whose CPU is limited as that of all others. */
const measured: TraceFunction = {
  ...{ owner: '', app: '', hash: NAME, trigger: '', calls: [], durations: [[1, 1]], averageDurationMs: 1_000 },
  memory: [[1, 128]],
};

/**
 * Measures how many iterations keep a trace function busy for a millisecond on the nodes of this cluster: one is
 * deployed, called one call after the other, and deleted.
 */
export async function measureIterations(context: CalibrationContext): Promise<number> {
  const { cluster, io, signal, namespace } = context;
  const { api } = cluster;
  io.say('measuring how many iterations keep a function busy for a millisecond');
  const service = traceService(NAME, measured, { ...context, iterationsPerMs: calibration.iterationsPerMs });
  const wanted = { ...service, metadata: { ...service.metadata, name: NAME, namespace } };
  try {
    const hosts = await deployTrace(
      [{ service: wanted, endpoint: { eventing: false }, where: NAME }],
      cluster,
      io,
      signal,
    );
    const { targets } = await findTargets(hosts, { gateway: context.gateway, port: context.port }, signal);
    const busyMs: number[] = [];
    // The first call finds cold caches, and perhaps no pod.
    for (let call = 0; call <= calibration.calls; call += 1) {
      const sample = await callOnce(targets, signal);
      if (call > 0 && sample?.functionMs !== undefined) busyMs.push(sample.functionMs);
    }
    const iterations = iterationsPerMs(busyMs);
    io.say(`${iterations} iterations keep a function busy for a millisecond here`);
    return iterations;
  } finally {
    await cleanUp([NAME], { api, namespace, signal });
  }
}

async function callOnce(
  endpoints: Awaited<ReturnType<typeof findTargets>>['targets'],
  signal: AbortSignal,
): Promise<Sample | undefined> {
  const samples: Sample[] = [];
  const work = { runtimeMs: calibration.runtimeMs, memoryMb: 1 };
  await runLoad({
    ...{ shots: [{ atMs: 0, endpoint: 0, work }], endpoints, protocol: 'executor', connections: 'per-request', signal },
    timeoutMs: TIMEOUT_MS,
    onSample: (sample) => samples.push(sample),
  });
  signal.throwIfAborted();
  return samples[0];
}

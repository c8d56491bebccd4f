import { findTargets } from '@vhive/base/load/find-targets';
import { type LoadOrder, runLoad } from '@vhive/base/load/run-load';
import type { Sample } from '@vhive/base/load/sample';
import type { LoadTotals, Schedule } from '@vhive/shared';
import { VERSION } from '@vhive/shared/version';
import { ResultFiles } from './result-files.ts';

/** A load whose results are kept in a folder that exists. */
export interface MeasuredLoad
  extends Pick<LoadOrder, 'protocol' | 'connections' | 'timeoutMs' | 'signal' | 'onProgress'> {
  /** What is sent when; its endpoints are host names. */
  schedule: Schedule;
  /** Where the gateway takes calls; undefined: at the address of each host name. */
  gateway: string | undefined;
  port: number;
  folder: string;
  onSample?: (sample: Sample) => void;
  /** Told of addresses that did not answer while others did. */
  warn: (text: string) => void;
}

/** How a load went, and when it began, in milliseconds since 1970. */
export interface MeasuredTotals {
  totals: LoadTotals;
  startedAt: number;
}

/**
 * Sends a load and writes its results: results.json, calls.csv, and the latencies as vSwarm's invoker does. Throws
 * `unreachable` where nobody takes connections.
 */
export async function measureLoad(load: MeasuredLoad): Promise<MeasuredTotals> {
  const { schedule, folder, gateway, port, onSample, warn, signal = new AbortController().signal, ...order } = load;
  const { targets, warnings } = await findTargets(schedule.endpoints, { gateway, port }, signal);
  for (const warning of warnings) warn(warning);
  const names = { directory: folder, latencies: 'lat.csv', durations: undefined };
  const files = await ResultFiles.open(names, schedule.endpoints);
  const startedAt = Date.now();
  try {
    const { shots, warmUpMs = 0, durationMs } = schedule;
    const totals = await runLoad({
      ...{ shots, warmUpMs, ...(durationMs === undefined ? {} : { durationMs }), ...order, endpoints: targets, signal },
      onSample(sample) {
        files.add(sample);
        onSample?.(sample);
      },
    });
    const { protocol, connections, timeoutMs } = order;
    await files.finish(totals, {
      program: { version: VERSION, node: process.version },
      startedAt: new Date(startedAt).toISOString(),
      arguments: { protocol, connections, timeoutMs, gateway, port },
      schedule: { ...schedule, shots: undefined },
      targets,
    });
    return { totals, startedAt };
  } catch (error) {
    await files.discard();
    throw error;
  }
}

import type { Target } from '@vhive/base/load/caller';
import { type LoadOrder, runLoad } from '@vhive/base/load/run-load';
import type { Sample } from '@vhive/base/load/sample';
import { defined, type LoadTotals, type Schedule } from '@vhive/shared';
import { VERSION } from '@vhive/shared/version';
import { HeldSamples } from './held-samples.ts';
import type { KnownReadiness } from './load-starts.ts';
import { ResultFiles, type ResultNames } from './result-files.ts';

/** A load whose results are kept in a folder that exists. */
export interface RecordedLoad extends Omit<LoadOrder, 'shots' | 'warmUpMs' | 'durationMs' | 'endpoints' | 'onSample'> {
  /** What is sent when; its endpoints are host names. */
  schedule: Schedule;
  /** Where they are called, in the same order. */
  targets: readonly Target[];
  names: ResultNames;
  /** What was asked for, for results.json. */
  asked: object;
  /** How the pods of the endpoints stand while the load goes; absent: nobody knows. */
  readiness?: KnownReadiness | undefined;
  /** What is kept of a call; default: all. */
  keptOf?: (sample: Sample) => Sample;
  onSample?: (sample: Sample) => void;
}

/** How a load went. */
export interface LoadRecord {
  totals: LoadTotals;
  /** When it began, in milliseconds since 1970. */
  startedAt: number;
  /** Gives the result files their names, and returns their paths. Rejects with the first failure, such as a full disk. */
  finish(): Promise<string[]>;
}

/** Sends a load and records what becomes of each call. Nothing has a name in the folder before `finish`. */
export async function recordLoad(load: RecordedLoad): Promise<LoadRecord> {
  const { schedule, targets, names, asked, readiness, keptOf = (sample) => sample, onSample, ...order } = load;
  const { shots, warmUpMs = 0, durationMs } = schedule;
  const files = await ResultFiles.open(names, schedule.endpoints);
  const held = readiness && new HeldSamples(readiness, (sample) => files.add(sample));
  let startedAt = Date.now();
  try {
    const sent = await runLoad({
      ...{ shots, warmUpMs, ...defined({ durationMs }), ...order, endpoints: targets },
      onBegin(at) {
        startedAt = at;
        held?.begin(at);
      },
      onSample(sample) {
        (held ?? files).add(keptOf(sample));
        onSample?.(sample);
      },
    });
    const totals = { ...sent, ...defined({ starts: await held?.end() }) };
    const said = {
      program: { version: VERSION, node: process.version },
      startedAt: new Date(startedAt).toISOString(),
      arguments: asked,
      schedule: { ...schedule, shots: undefined },
      targets,
    };
    return { totals, startedAt, finish: () => files.finish(totals, said) };
  } catch (error) {
    held?.discard();
    await files.discard();
    throw error;
  }
}

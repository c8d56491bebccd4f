import type { Schedule } from '@vhive/shared';
import { seededRandom, seedFor } from '../load/random.ts';
import { shotsOfTrace, type TraceScheduleOptions } from './shots-of-trace.ts';
import { granularities, type Trace } from './trace.ts';

/** How a replay is made: the trace's part, how much of it is for warming up, and what chance follows from. */
export interface ReplayOptions extends TraceScheduleOptions {
  /** So many of the intervals, the first ones, are for warming up. */
  warmUp: number;
  /** A whole number of 32 bits. */
  seed: number;
}

/** Makes the schedule of a trace. The shots are made as they are asked for, the same ones each time. */
export function traceSchedule(trace: Trace, endpoints: readonly string[], options: ReplayOptions): Schedule {
  const { granularity, distribution, count, speed, warmUp, seed } = options;
  const lengthMs = granularities[granularity] / speed;
  const randomOf = (purpose: string) => seededRandom(seedFor(seed, purpose));
  const fast = speed === 1 ? '' : `, ${speed} times as fast`;
  return {
    seed,
    source: `trace, ${count} ${granularity === 'minute' ? 'min' : 's'}, ${distribution}${fast}`,
    endpoints: [...endpoints],
    durationMs: count * lengthMs,
    ...(warmUp > 0 ? { warmUpMs: warmUp * lengthMs } : {}),
    shots: { [Symbol.iterator]: () => shotsOfTrace(trace, options, randomOf) },
  };
}

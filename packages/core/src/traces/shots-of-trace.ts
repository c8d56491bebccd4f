import { arrivalTimes, type Distribution } from './arrival-times.ts';
import { valueAt } from './quantiles.ts';
import { type Granularity, granularities, type Trace, type TraceFunction } from './trace.ts';

/** How a trace becomes calls. */
export interface TraceScheduleOptions {
  granularity: Granularity;
  distribution: Distribution;
  /** The first interval that is replayed, from 0, and how many are. */
  from: number;
  count: number;
  /** So many times as fast as it was: 2 replays a minute in 30 seconds. What the functions have to do stays. */
  speed: number;
}

/** A call of a trace. */
export interface TraceShot {
  /** When it is to be made, in milliseconds since the start. */
  atMs: number;
  /** The function, by its position in the trace. */
  endpoint: number;
  /** How long the function is to run, and how much memory it is to take. */
  work: { runtimeMs: number; memoryMb: number };
}

/** The limits of invitro: it asks for no shorter or longer run, and for no less or more memory. */
const RUNTIME_MS = { least: 1, most: 60_000 };
const MEMORY_MB = { least: 1, most: 10_240 };

const within = (value: number, { least, most }: { least: number; most: number }) =>
  Math.min(most, Math.max(least, Math.round(value)));

/**
 * Returns the calls of a trace in the order of their times. They are made interval by interval, so that a day of a large
 * trace needs the memory of a minute. `randomOf` gives each function its own sequence of numbers in [0, 1), one for its
 * times and one for its work: what a function does then does not depend on the others.
 */
export function* shotsOfTrace(
  { functions }: Trace,
  { granularity, distribution, from, count, speed }: TraceScheduleOptions,
  randomOf: (purpose: string) => () => number,
): Generator<TraceShot> {
  const lengthMs = granularities[granularity];
  const sources = functions.map((one) => ({
    one,
    times: randomOf(`${one.hash} times`),
    work: randomOf(`${one.hash} work`),
  }));
  for (let interval = from; interval < from + count; interval += 1) {
    const shots = sources.flatMap(({ one, times, work }, endpoint) => {
      const { calls } = one;
      const startMs = (interval - from) * lengthMs;
      return arrivalTimes(calls[interval] ?? 0, lengthMs, distribution, times).map((time) => ({
        atMs: (startMs + time) / speed,
        endpoint,
        work: drawWork(one, work),
      }));
    });
    yield* shots.sort((a, b) => a.atMs - b.atMs);
  }
}

function drawWork({ durations, memory }: TraceFunction, random: () => number): TraceShot['work'] {
  return {
    runtimeMs: within(valueAt(durations, random()), RUNTIME_MS),
    memoryMb: within(valueAt(memory, random()), MEMORY_MB),
  };
}

import { defined, type Schedule, type Shot } from '@vhive/shared';
import { constantArrivals, poissonArrivals } from './arrivals.ts';
import { seededRandom } from './random.ts';

/** What a load is made of that has no trace. */
export interface LoadShape {
  arrivals: 'constant' | 'poisson';
  /** Calls per second, over all endpoints together. */
  rps: number;
  /** How long the load lasts after its warm-up, milliseconds. */
  timeMs: number;
  /** How long the same load is sent before that, for warming up, milliseconds. */
  warmUpMs: number;
  /** A whole number of 32 bits. It counts only where chance does. */
  seed: number;
  /** The names of the endpoints, which take turns. */
  endpoints: readonly string[];
  /** What each call asks its function to do. */
  work?: Shot['work'];
}

/** Makes the schedule of a load. The shots are made as they are asked for, the same ones each time. */
export function makeSchedule({ arrivals, rps, timeMs, warmUpMs, seed, endpoints, work }: LoadShape): Schedule {
  const durationMs = warmUpMs + timeMs;
  const times =
    arrivals === 'constant'
      ? () => constantArrivals(rps, durationMs)
      : () => poissonArrivals(rps, durationMs, seededRandom(seed));
  return {
    seed: arrivals === 'constant' ? null : seed,
    source: `${arrivals}, ${rps} rps, ${durationMs / 1000} s`,
    endpoints: [...endpoints],
    durationMs,
    ...(warmUpMs > 0 ? { warmUpMs } : {}),
    shots: { [Symbol.iterator]: () => roundRobin(times(), endpoints.length, work) },
  };
}

function* roundRobin(times: Iterable<number>, endpoints: number, work: Shot['work']): Generator<Shot, void, undefined> {
  let next = 0;
  for (const atMs of times) yield { atMs, endpoint: next++ % endpoints, ...defined({ work }) };
}

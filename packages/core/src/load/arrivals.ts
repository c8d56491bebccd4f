import type { Random } from './random.ts';

/** The times of arrivals, milliseconds from 0 up to (and without) the end. */
type Arrivals = Generator<number, void, undefined>;

/** Arrivals that are all the same time apart. The n-th is computed and not summed up, so no error grows with n. */
export function* constantArrivals(rps: number, durationMs: number): Arrivals {
  for (let n = 0; ; n++) {
    const at = (n * 1000) / rps;
    if (at >= durationMs) return;
    yield at;
  }
}

/** Arrivals of a Poisson process: the times between them are exponentially distributed, and independent. */
export function* poissonArrivals(rps: number, durationMs: number, random: Random): Arrivals {
  for (let at = 0; ; ) {
    at -= (Math.log(1 - random()) * 1000) / rps;
    if (at >= durationMs) return;
    yield at;
  }
}

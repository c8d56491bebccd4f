import type { Generator, Measured } from './generators.ts';
import { startServer } from './measured-server.ts';

/** A rate counts where this share of it was sent, nothing failed, and 99 of 100 calls took no longer than this. */
const REACHED = 0.99;
const P99_MS = 50;
/** Rates are told apart to this share. */
const PRECISION = 0.06;

/** The highest rate that a generator can make, and how that went. */
export interface Highest {
  rps: number;
  measured: Measured | undefined;
}

/** Looks for the highest rate that a generator can make: doubles until it cannot, then halves the distance. */
export async function highestRate(
  generator: Generator,
  { server, seconds, cpus, from }: { server: string; seconds: number; cpus: readonly [number, number]; from: number },
): Promise<Highest> {
  let good: Highest = { rps: 0, measured: undefined };
  let bad = Number.POSITIVE_INFINITY;
  for (let rps = from; bad - good.rps > good.rps * PRECISION && rps >= 50; ) {
    const measured = await tried(generator, rps, { server, seconds, cpus });
    const isGood = measured.reachedRps >= rps * REACHED && measured.failed === 0 && measured.p99 <= P99_MS;
    process.stderr.write(
      `  ${rps} rps: ${isGood ? 'yes' : 'no'} (${measured.reachedRps.toFixed(0)} rps, p99 ${measured.p99.toFixed(1)} ms)\n`,
    );
    if (isGood) good = { rps, measured };
    else bad = rps;
    rps = Math.round(bad === Number.POSITIVE_INFINITY ? rps * 2 : (good.rps + bad) / 2);
  }
  return good;
}

async function tried(
  generator: Generator,
  rps: number,
  { server, seconds, cpus: [own, other] }: { server: string; seconds: number; cpus: readonly [number, number] },
): Promise<Measured> {
  const running = await startServer(server, 0, other);
  try {
    return await generator({ port: running.port, rps, seconds, cpu: own });
  } finally {
    await running.end();
  }
}

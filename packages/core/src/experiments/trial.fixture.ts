import type { Latency } from '@vhive/shared';
import type { TrialRecord } from './summary.ts';

/** A trial of 100 calls, of which 10 failed, with these latencies in milliseconds. */
export function exampleTrial(point: string, repetition: number, latencies: Partial<Latency> = {}): TrialRecord {
  const latency = { count: 90, mean: 12, p50: 10, p90: 20, p95: 25, p99: 40, p999: 50, max: 60, ...latencies };
  return {
    ...{ version: 1, id: `${point}-r${repetition}`, point, values: { 'load.rps': 10 }, repetition },
    ...{ startedAt: '2026-03-01T10:00:00.000Z', endedAt: '2026-03-01T10:01:00.000Z', seed: 42 },
    ...{ resetSeconds: 1.5, podsBefore: 0, podsMost: 3, complaints: [] },
    totals: {
      ...{ planned: 100, sent: 100, ok: 90, errors: 8, timeouts: 2, limited: 0, warmUp: 0, interrupted: false },
      ...{ seconds: 10, askedRps: 10, reachedRps: 10, observedRps: 9, latestMs: 0.5, mostInFlight: 4, connections: 1 },
      ...{ fromIntended: latency, fromSent: latency, failures: [{ error: 'UNAVAILABLE', count: 8 }] },
    },
  };
}

import type { LoadTotals } from '@vhive/shared';
import { expect, it } from 'vitest';
import { plainStyle } from '../style.ts';
import { generatorLines } from './generator-lines.ts';

const latency = { count: 90, mean: 20, p50: 10.123, p90: 50, p95: 80, p99: 200, p999: 1500, max: 2000 };
const totals: LoadTotals = {
  ...{ planned: 100, sent: 100, ok: 90, errors: 7, timeouts: 3, limited: 0, warmUp: 12, interrupted: false },
  ...{ seconds: 10, askedRps: 10, reachedRps: 10, observedRps: 9, latestMs: 1.5, mostInFlight: 3, connections: 1 },
  ...{ fromIntended: latency, fromSent: latency, failures: [] },
};

it('has a row for each generator, with what sets it apart', () => {
  const generators = [
    { node: 'node2', totals, startedAtMs: 1_000_000, clockOffsetMs: -0.25 },
    {
      node: 'node3',
      totals: { ...totals, ok: 100, errors: 0, timeouts: 0 },
      startedAtMs: 1_000_002.5,
      clockOffsetMs: 150,
    },
  ];
  expect(generatorLines(generators, 100, plainStyle)).toEqual([
    '',
    'FROM   SENT   OK  FAILED    P50  P99  LATEST  BEGAN  CLOCK',
    'node2   100   90      10  10.12  200    1.50  +0.00  -0.25',
    'node3   100  100       0  10.12  200    1.50  +2.50   +150',
    'Milliseconds: latencies, how late the latest call was sent, when it began, how far its clock is ahead.',
  ]);
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoadTally } from '@vhive/base/load/load-tally';
import type { Sample } from '@vhive/base/load/sample';
import { makeSchedule } from '@vhive/core/load/make-schedule';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KnownReadiness } from './load-starts.ts';
import { recordGenerators } from './record-generators.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-generators-'));
});
afterEach(() => rm(directory, { recursive: true }));

const shape = {
  arrivals: 'constant' as const,
  ...{ rps: 50, timeMs: 1_000, warmUpMs: 200, seed: 0, endpoints: ['a', 'b'] },
};
const schedule = makeSchedule(shape);
const facts = { plannedMs: 1_000, warmUpMs: 200, interrupted: false };

/** What becomes of the shots of the schedule, each with a latency and an outcome of its own. */
const samplesOf = (outcomes: readonly { ms: number; outcome: Sample['outcome'] }[]): Sample[] =>
  [...schedule.shots].map((shot, index) => {
    const { ms = 1, outcome = 'ok' } = outcomes[index % outcomes.length] ?? {};
    const sentMs = shot.atMs + (index % 3);
    return {
      ...{ ...shot, index, intendedMs: shot.atMs, sentMs, endMs: sentMs + ms, warmUp: shot.atMs < 200, outcome },
      ...(outcome === 'ok' ? {} : { error: `went ${outcome}` }),
    };
  });

function totalsOf(samples: readonly Sample[]) {
  const tally = new LoadTally();
  for (const sample of samples) tally.add(sample);
  const planned = samples.filter(({ warmUp }) => !warmUp).length;
  return tally.totals({ ...facts, planned, mostInFlight: 2, connections: 1 });
}

async function* given(samples: readonly Sample[]): AsyncGenerator<Sample> {
  yield* samples.toSorted((one, other) => one.endMs - other.endMs);
}

async function recorded(samples: readonly Sample[], generators: number, readiness?: KnownReadiness) {
  const load = await recordGenerators({
    ...{ schedule, readiness, asked: { rps: 50 }, names: { directory, latencies: 'lat.csv', durations: undefined } },
    keptOf: (sample) => sample,
    onSample: () => undefined,
    generators: Array.from({ length: generators }, (_, share) => {
      const mine = samples.filter(({ index }) => index % generators === share);
      const totals = totalsOf(mine);
      return { node: `n${share}`, samples: given(mine), totals, startedAtMs: 1_000_000 + share, clockOffsetMs: -0.5 };
    }),
  });
  return { ...load, files: await load.finish() };
}

it('is what one generator would have sent, however many there were', async () => {
  const outcome = fc.constantFrom('ok' as const, 'ok' as const, 'error' as const, 'timeout' as const);
  const calls = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 400 }), outcome }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(calls, fc.integer({ min: 1, max: 5 }), async (outcomes, generators) => {
      const samples = samplesOf(outcomes);
      const { totals } = await recorded(samples, generators);
      const whole = totalsOf(samples);
      expect(totals).toEqual({ ...whole, mostInFlight: 2 * generators, connections: generators });
    }),
    { numRuns: 20 },
  );
});

it('says which calls met a cold start, by when the load began', async () => {
  const told = [0, 400].map((ms, ready) => ({ at: 1_000_000 + ms, ready, coming: 1 - ready }));
  const historyOf = (endpoint: number) => (endpoint === 0 ? { changes: told } : undefined);
  const { totals } = await recorded(samplesOf([{ ms: 5, outcome: 'ok' }]), 2, { historyOf });
  // Of endpoint a, 25 calls are measured, 20 of them from 400 ms on; of those before it is not certain.
  expect(totals.starts).toMatchObject({ cold: { count: 0 }, warm: { count: 20 }, unknown: 30 });
});

it('names who sent each call, and tells of each generator in results.json', async () => {
  await recorded(samplesOf([{ ms: 5, outcome: 'ok' }]), 2);
  const [head = '', ...rows] = (await readFile(join(directory, 'calls.csv'), 'utf8')).trimEnd().split('\n');
  const column = head.split(',').indexOf('generator');
  const cells = rows.map((row) => [Number(row.split(',')[0]) % 2, row.split(',')[column]]);
  expect(cells.length).toBe(60);
  expect(cells.filter(([share, node]) => node !== `n${share}`)).toEqual([]);
  const { generators, startedAt } = JSON.parse(await readFile(join(directory, 'results.json'), 'utf8'));
  expect(startedAt).toBe('1970-01-01T00:16:40.000Z');
  expect(generators).toMatchObject([
    { node: 'n0', startedAt, clockOffsetMs: -0.5, totals: { planned: 25 } },
    { node: 'n1', startedAt: '1970-01-01T00:16:40.001Z', totals: { planned: 25 } },
  ]);
});

import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const bench = join(import.meta.dirname, '../../bench/fleet/bench.ts');

it('the benchmark runs a small fleet to its end and says what it took', async () => {
  const options = ['--only', 'fleet', '--agents', '5', '--steps', '3', '--runs', '2'];
  const { stdout } = await execa(process.execPath, [bench, ...options]);
  const { type, fleets } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(type).toBe('bench');
  expect(fleets.map(({ journal }: { journal: string }) => journal)).toEqual(['memory', 'disk']);
  for (const fleet of fleets) {
    // The 32 events are two for each of the 15 steps, which is dispatched and finished, and two for the run, which is
    // created and finished.
    expect(fleet).toMatchObject({ agents: 5, eventsStored: 32, allMs: [expect.any(Number), expect.any(Number)] });
    expect(fleet.floorRoundsMs.before).toHaveLength(4);
  }
}, 60_000);

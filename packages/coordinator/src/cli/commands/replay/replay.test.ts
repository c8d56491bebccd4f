import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';
import { replayPlan } from './replay-plan.ts';

const hashes = 'HashOwner,HashApp,HashFunction';
const functions = ['aa', 'ab', 'ba'];
const rows = (values: string) => functions.map((hash) => `o,a,${hash},${values}\n`).join('');
const trace = {
  'invocations.csv': `${hashes},Trigger,1,2,3\n${rows('http,1,2,3')}`,
  'durations.csv': `${hashes},Average,${[0, 1, 25, 50, 75, 99, 100].map((p) => `percentile_Average_${p}`).join(',')}\n${rows('5,1,2,3,4,5,6,7')}`,
  'memory.csv': `${hashes},${[1, 5, 25, 50, 75, 95, 99, 100].map((p) => `AverageAllocatedMb_pct${p}`).join(',')}\n${rows('1,2,3,4,5,6,7,8')}`,
};

let directory: string;
const at = (name: string) => join(directory, name);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-replay-'));
  for (const [name, text] of Object.entries(trace)) await writeFile(at(name), text);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const flags = { from: 1, speed: 1, origins: {} } as unknown as Parameters<typeof replayPlan>[1];
const shotsOf = async (changed: object, folder: string | undefined = directory) => {
  const plan = await replayPlan(folder, { ...flags, ...changed });
  return [...plan.scheduleFor(plan.trace.functions.map(({ hash }) => `${hash}.example.org`)).shots];
};

it('a trace becomes its calls: as many as it says, of the minutes that are asked for', async () => {
  expect(await shotsOf({ minutes: 3 })).toHaveLength(18);
  expect(await shotsOf({ minutes: 1, warmUp: 1, from: 2 })).toHaveLength(15);
  expect(await shotsOf({ minutes: 3, function: ['b'] })).toHaveLength(6);
  expect(await shotsOf({ minutes: 3, seed: 1 })).toEqual(await shotsOf({ minutes: 3, seed: 1 }));
  expect(await shotsOf({ minutes: 3, seed: 1 })).not.toEqual(await shotsOf({ minutes: 3, seed: 2 }));
});

it("what invitro's configuration says holds where no option says otherwise", async () => {
  const config = {
    TracePath: directory,
    ExperimentDuration: 2,
    Seed: 9,
    IATDistribution: 'equidistant',
    EndpointPort: 81,
  };
  await writeFile(at('loader.json'), JSON.stringify({ ...config, EnableMetricsScrapping: true }));
  const plan = await replayPlan(undefined, { ...flags, config: at('loader.json') });
  expect(plan).toMatchObject({ port: 81, timeoutMs: 90_000, ignored: ['EnableMetricsScrapping'] });
  expect(plan.options).toMatchObject({ count: 2, seed: 9, distribution: 'equidistant' });
  expect((await replayPlan(undefined, { ...flags, config: at('loader.json'), minutes: 1 })).options.count).toBe(1);
});

it('kept calls are made again exactly, of as many functions as they were', async () => {
  const head = { version: 1, seed: 1, source: 'trace', endpoints: ['x', 'y', 'z'], count: 1 };
  const shot = { atMs: 12.5, endpoint: 2, work: { runtimeMs: 7, memoryMb: 3 } };
  await writeFile(at('calls.jsonl'), `${JSON.stringify(head)}\n${JSON.stringify(shot)}\n`);
  expect(await shotsOf({ schedule: at('calls.jsonl') })).toEqual([shot]);
  await expect(shotsOf({ schedule: at('calls.jsonl'), first: 2 })).rejects.toThrow(
    'has calls of 3 functions, and 2 are chosen of the trace',
  );
});

it.each([
  [[], 'no trace is named'],
  [['/nowhere'], '/nowhere/invocations.csv: it cannot be read: ENOENT'],
  [['.', '--minutes', '4'], 'it has 3 columns of calls, and 4 are asked for'],
  [['.', '--function', 'a'], 'several functions have a hash that begins with a'],
  [['.', '--trigger', 'queue'], 'no function of the trace is left'],
  [['.', '--schedule', 'missing'], '--schedule: missing cannot be read'],
  [['--config', 'missing'], '--config: missing cannot be read'],
] as const)('%j ends with 2', async (words, message) => {
  const { exitCode, stderr } = await cli(['replay', ...words.map((word) => (word === '.' ? directory : word))]);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostOfFunction, SIMULATED_GATEWAY, serveFunction } from '@vhive/agent/simulated/served-function.fixture';
import { createSimulatedHost } from '@vhive/agent/simulated/simulated-host';
import { makeSchedule } from '@vhive/core/load/make-schedule';
import { scheduleLines } from '@vhive/core/load/schedule-file';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const GATEWAY = SIMULATED_GATEWAY;
const FUNCTION = hostOfFunction('hello');

let cluster: SimulatedCluster;
let out: string;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  out = join(cluster.directory, 'out');
  await cluster.serve();
  await cluster.agents(2);
  const host = await createSimulatedHost({ directory: cluster.simulation, name: 'sim-1', address: '127.0.0.1' });
  await serveFunction(host, 'hello');
});
afterAll(() => cluster.stop());

const words = (...more: string[]) => [
  ...['invoke', FUNCTION, '--gateway', GATEWAY, '--output-dir', out, '-o', 'json', '--from', 'sim-1,sim-2'],
  ...more,
];
const invoke = (...more: string[]) => cluster.run(words(...more));

describe('invoke --from', () => {
  it('sends one schedule from several nodes at once, and makes one result of it', async () => {
    const program = await invoke('--rps', '50', '--time', '2', '--warm-up', '1', '--fail-if', 'errors>0%');
    expect(await program.result()).toMatchObject({
      ...{ outcome: 'ok', exitCode: 0, runId: expect.stringMatching(/^run-/) },
      load: { planned: 100, sent: 100, ok: 100, warmUp: 50, askedRps: 50 },
    });
    const rows = (await readFile(join(out, 'calls.csv'), 'utf8')).trimEnd().split('\n').slice(1);
    const calls = rows.map((row) => row.split(','));
    const numbers = calls.map(([shot]) => Number(shot)).toSorted((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, index) => index));
    // Each node has sent every other call, at the time at which one machine would have.
    for (const call of calls) {
      const shot = Number(call[0]);
      expect([call.at(-1), Number(call[3])]).toEqual([shot % 2 === 0 ? 'sim-1' : 'sim-2', shot * 20_000]);
    }
    const { generators } = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
    expect(generators).toMatchObject([
      { node: 'sim-1', totals: { planned: 50, ok: 50 } },
      { node: 'sim-2', totals: { planned: 50, ok: 50 } },
    ]);
    expect(generators[0].startedAt).toBe(generators[1].startedAt);
    const progress = program.lines().filter((line) => line.type === 'load-progress');
    expect(new Set(progress.map(({ node }) => node))).toEqual(new Set(['sim-1', 'sim-2']));
  });

  it('a schedule of a file is sent along', async () => {
    const load = { arrivals: 'poisson' as const, rps: 40, timeMs: 1_000, warmUpMs: 0, seed: 3, endpoints: [FUNCTION] };
    const schedule = makeSchedule(load);
    const planned = [...schedule.shots].length;
    const file = await cluster.file('load.jsonl', [...scheduleLines(schedule)].join(''));
    const program = await cluster.run([
      ...['invoke', '--schedule', file, '--gateway', GATEWAY, '--output-dir', out, '-o', 'json', '--from', 'sim-2'],
    ]);
    expect(planned).toBeGreaterThan(10);
    expect(await program.result()).toMatchObject({ exitCode: 0, load: { planned, ok: planned } });
  });

  it('leaves nothing behind: no file on nodes, and none in the coordinator’s store', async () => {
    const stored = await readdir(join(cluster.stateDir, 'artifacts/sha256'));
    expect(stored).toEqual([]);
    for (const name of ['sim-1', 'sim-2'])
      expect(await readdir(join(cluster.simulation, name, 'root/var/lib/vhive-load'))).toEqual([]);
  });

  it('Ctrl-C ends the load on all nodes, and another one can begin at once: exit code 130', async () => {
    const empty = join(cluster.directory, 'empty');
    const program = await cluster.coord(words('--rps', '20', '--time', '10m', '--output-dir', empty));
    await program.until((said) => said.lines().some(({ type }) => type === 'load-progress'));
    program.signal('SIGINT');
    expect(await program.result()).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
    expect(await readdir(empty)).toEqual([]);
    expect((await (await invoke('--rps', '10', '--time', '1')).result()).load?.ok).toBe(10);
  });

  it('while a load goes, no other run begins; it ends when its command was killed', async () => {
    const program = await cluster.coord(words('--rps', '20', '--time', '10m'));
    await program.until((said) => said.lines().some(({ type }) => type === 'load-progress'));
    const client = await cluster.client();
    const up = await cluster.up(2);
    expect(await up.result()).toMatchObject({
      ...{ outcome: 'error', code: 'refused' },
      message: expect.stringMatching(/^job run-\S+ is under way: load from sim-1, sim-2$/),
    });
    // The coordinator misses who asked for the job.
    await program.kill();
    const id = program.lines().flatMap((line) => (line.type === 'plan' ? [line.runId] : []))[0] ?? '';
    await vi.waitFor(async () => expect((await client.run({ id })).status).toBe('cancelled'), {
      timeout: 40_000,
      interval: 500,
    });
  });

  it('an agent that is killed in the middle does not send the rest: the load ends on all nodes, with the reason', async () => {
    const program = await cluster.coord(words('--rps', '20', '--time', '10m'));
    await program.until((said) => said.lines().some(({ type }) => type === 'load-progress'));
    await cluster.agentOf('sim-2').kill();
    await cluster.agent(2);
    expect(await program.result()).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/^sim-2: the load was to begin \d+ ms ago, and nothing was sent$/),
      hint: expect.stringContaining('agent started again in the middle'),
    });
  });

  it.each([
    [['--from', 'sim-9'], 2, 'there is no node sim-9'],
    [['--from', 'sim-1'], 2, '--from names sim-1 twice'],
    [['--trace'], 2, '--trace does not go with --from'],
  ])('refuses %j: exit code %i', async (more, exitCode, message) => {
    const { exitCode: found, message: said } = await (await invoke('--rps', '10', '--time', '1', ...more)).result();
    expect([found, said]).toEqual([exitCode, expect.stringContaining(message)]);
  });

  it('a node whose agent does not answer is refused before anything is sent: exit code 6', async () => {
    await cluster.agentOf('sim-2').stop();
    const client = await cluster.client();
    const enough = new AbortController();
    for await (const message of client.stream({}, enough.signal))
      if (message.type === 'nodes' && message.nodes.some(({ status }) => status !== 'reachable')) enough.abort();
    expect(await (await invoke('--rps', '10', '--time', '1')).result()).toMatchObject({
      ...{ exitCode: 6, message: 'no agent answers on sim-2' },
    });
  });
});

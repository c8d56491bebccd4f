import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  await cluster.serve();
  await cluster.agents(3);
});
afterAll(() => cluster.stop());

it('fewer nodes than asked for: exit code 5, who came, and what to type on the others', async () => {
  const up = await cluster.up(5, ['--wait-nodes', '2s']);
  const waiting = await up.line('waiting');
  expect(waiting.expected).toBe(5);
  expect(waiting.reachable.toSorted()).toEqual(['sim-1', 'sim-2', 'sim-3']);
  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'timed-out', exitCode: 5, code: 'timeout' });
  expect(result.message).toMatch(/only 3 of 5 nodes were reachable after 2 s \(sim-\d, sim-\d, sim-\d/);
  expect(result.hint).toMatch(new RegExp(`vhive-agent install --coordinator \\S+:${cluster.httpsPort}`));
});

it('the time limit of the whole run: exit code 5, and the same command goes on later', async () => {
  await cluster.faults('sim-3', [{ command: 'apt-get install', effect: 'hang' }]);
  // Long enough that a busy machine comes as far as the step that hangs.
  const up = await cluster.up(3, ['--timeout', '20s', '--until', 'system']);
  await up.line('task', ({ step, status }) => step === 'system/sim-3' && status === 'started');
  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'timed-out', exitCode: 5 });
  expect(result.nodes?.find(({ name }) => name === 'sim-1')).toMatchObject({ outcome: 'done' });
  expect(result.nodes?.find(({ name }) => name === 'sim-3')?.outcome).toBe('failed');
  expect(up.stderr, 'though some of it had passed before the run began').toContain('the time limit of 20 s passed');

  await cluster.faults('sim-3', []);
  expect(await (await cluster.up(3, ['--until', 'system'])).result()).toMatchObject({ outcome: 'done', exitCode: 0 });
});

it('an agent that never comes back: exit code 4, it is named, the others are ready', async () => {
  const third = cluster.agentOf('sim-3');
  await cluster.faults('sim-3', [{ command: 'systemctl restart containerd.service', effect: 'hang' }]);
  const up = await cluster.up(3, [], { limits: { giveUpAfterSeconds: 2 } });
  await up.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-3' && task === 'service' && status === 'started',
  );
  await third.kill();

  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 4 });
  expect(result.nodes?.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['sim-1', 'ready'],
    ['sim-2', 'ready'],
    ['sim-3', 'failed'],
    ['@coordinator', 'ready'],
  ]);
  const { failure } = result.nodes?.find(({ name }) => name === 'sim-3') ?? {};
  expect(failure).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('sim-3 is unreachable since'),
  });
  expect(up.stderr).toMatch(/sim-3[^\n]* is unreachable/);
  expect(up.stderr, 'said when it happens').toMatch(/Z \+\S+ sim-3 is unreachable since \S+ and was given up after/);
  expect(up.stderr).toContain('vhive-coord retry');

  const nodes = await cluster.run(['nodes', 'ls', '--output', 'json']);
  const views = nodes.lines().flatMap((line) => (line.type === 'nodes' ? line.nodes : []));
  expect(views.map(({ name, status }) => [name, status])).toEqual([
    ['sim-1', 'reachable'],
    ['sim-2', 'reachable'],
    ['sim-3', 'unreachable'],
  ]);
});

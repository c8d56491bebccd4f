import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { doneAgain, repeatedSteps } from '../support/attempts.ts';
import { directoryTree } from '../support/directory-tree.ts';
import { plainCluster } from '../support/plain-cluster.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

// There is one cluster, which is brought up step by step. The tests are in the order of a day's work.
let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  await cluster.serve();
  await cluster.agents(2);
});
afterAll(() => cluster.stop());

const config = () => ['--config', join(cluster.directory, 'vhive.yaml')];

it('plan: as text, JSON and diagram, before anything is done', async () => {
  await cluster.clusterFile({ controlPlane: 'sim-1', ...plainCluster });
  const text = await cluster.run(['plan', '--nodes', '2', ...config()]);
  expect(await text.ended).toBe(0);
  expect(text.stdout).toMatch(/join[\s\S]*sim-2/);

  const json = await cluster.run(['plan', '--nodes', '2', ...config(), '--output', 'json']);
  expect(await json.result()).toMatchObject({ outcome: 'ok', exitCode: 0 });
  const plan = json.lines().find((line) => line.type === 'plan');
  expect(plan).toMatchObject({ plan: { controlPlane: 'sim-1', nodes: ['sim-1', 'sim-2'] } });

  const diagram = await cluster.run(['plan', '--nodes', '2', ...config(), '--output', 'mermaid']);
  expect(diagram.stdout).toMatch(/^(flowchart|graph) /);
  expect((await (await cluster.client()).status()).run).toBeNull();
});

it('a run that fails: exit code 4, and where, why and what to type', async () => {
  await cluster.faults('sim-2', [{ command: 'apt-get install', effect: 'fail', message: 'E: Unable to fetch' }]);
  const up = await cluster.up(2);
  const result = await up.result();
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 4 });
  expect(result.nodes?.find(({ name }) => name === 'sim-1')?.outcome).toBe('ready');
  const { failure } = result.nodes?.find(({ name }) => name === 'sim-2') ?? {};
  expect(failure).toMatchObject({ phase: 'system', step: 'system/sim-2' });
  expect(JSON.stringify(failure)).toContain('E: Unable to fetch');
  expect(up.stderr).toMatch(/sim-2, phase system/);
  expect(up.stderr).toContain('vhive-coord logs --node sim-2 --phase system');
  expect(up.stderr).toContain('vhive-coord retry --node sim-2');
});

it('status: the failed run, as text and as JSON', async () => {
  const text = await cluster.run(['status']);
  expect(await text.ended).toBe(0);
  expect(text.stdout).toMatch(/sim-2/);
  const json = await cluster.run(['status', '--output', 'json']);
  expect(json.lines()[0]).toMatchObject({
    type: 'status',
    status: { cluster: 'vhive', run: { status: 'failed' }, nodes: [{ name: 'sim-1' }, { name: 'sim-2' }] },
  });
});

it('retry after the repair: only what failed and what waited for it; status --watch and logs --follow see it', async () => {
  const runId = (await (await cluster.client()).status()).run?.runId ?? '';
  await cluster.faults('sim-2', [{ command: 'kubeadm join', effect: 'hang' }]);
  const retry = await cluster.coord(['retry', '--output', 'json']);
  await retry.line(
    'task',
    ({ step, task, status }) => step === 'join/sim-2' && task === 'join' && status === 'started',
  );
  const watch = await cluster.coord(['status', '--watch', '--output', 'json']);
  await watch.line('step', ({ step, status }) => step === 'join/sim-2' && status === 'running');
  const follow = await cluster.coord(['logs', '--follow', '--node', 'sim-2', '--output', 'json']);
  await follow.line('log', ({ line }) => line.phase === 'join' && line.text.startsWith('(simulated) kubeadm join'));
  // An `up` that comes second watches the run and does not begin another.
  const second = await cluster.up(2);
  await second.line('step', ({ step, status }) => step === 'join/sim-2' && status === 'running');

  await cluster.faults('sim-2', []);
  expect(await retry.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });
  expect(await watch.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });
  expect(await second.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });
  await follow.line('log', ({ line }) => line.text.includes('This node has joined the cluster'));
  follow.signal('SIGINT');
  await follow.ended;
  for (const line of follow.lines()) if (line.type === 'log') expect(line.line.node).toBe('sim-2');

  const events = await cluster.events(runId);
  // The pods were checked without those of that node, and the final inspection came after that check, so both are
  // repeated.
  expect(doneAgain(events)).toEqual(['ready-pods/sim-1', 'inspection/sim-1']);
  expect(repeatedSteps(events)).toEqual({
    'system/sim-2': ['failed', 'failed', 'failed', 'ok'],
    'ready-pods/sim-1': ['ok', 'ok'],
    'inspection/sim-1': ['ok', 'ok'],
  });
});

it('logs: per node and phase; exported as files that only their owner can read', async () => {
  const shown = await cluster.run(['logs', '--node', 'sim-1', '--phase', 'control-plane']);
  expect(shown.stdout).toContain('(simulated) kubeadm init');
  const directory = join(cluster.directory, 'exported');
  const exported = await cluster.run(['logs', '--export', directory]);
  expect(await exported.ended).toBe(0);
  const tree = await directoryTree(directory);
  const files = tree.filter(({ type }) => type === 'file');
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['sim-1/control-plane.log', 'sim-2/join.log', 'sim-2/system.log']),
  );
  for (const { path, mode } of tree) expect([path, mode & 0o077]).toEqual([path, 0]);
  expect(await readFile(join(directory, 'sim-2/system.log'), 'utf8')).toContain('E: Unable to fetch');
});

it('Ctrl-C of an up that watches a service: exit code 130; the run goes on, and the same command comes back to it', async () => {
  await cluster.faults('sim-2', [{ command: 'dpkg-query', effect: 'hang' }]);
  const up = await cluster.up(2);
  await up.line(
    'task',
    ({ step, task, status }) => step === 'system/sim-2' && task === 'packages' && status === 'started',
  );
  const { runId } = await up.line('plan');
  up.signal('SIGINT');
  expect(await up.result()).toMatchObject({
    outcome: 'interrupted',
    exitCode: 130,
    message: expect.stringContaining('goes on'),
    hint: expect.stringContaining('status --watch'),
  });
  const again = await cluster.up(2);
  expect(await again.line('plan')).toMatchObject({ runId, resumed: true });

  // A request for a different run, while that run is under way, is refused. It is neither queued nor does it replace
  // the run.
  const other = await (await cluster.up(2, ['--until', 'runtime'])).result();
  expect(other).toMatchObject({ code: 'refused', message: expect.stringContaining(String(runId)) });

  await cluster.faults('sim-2', []);
  expect(await again.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId, changed: 0 });
});

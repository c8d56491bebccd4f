import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '@vhive/base/is-alive';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doneAgain } from '../support/attempts.ts';
import type { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

const up = (...args: string[]) => cluster.upSimulated(2, ...args);
const hang = () =>
  cluster.faults('sim-2', [{ command: 'systemctl restart containerd.service', effect: 'hang' }], cluster.ownMachines);
const hangs = (program: Program) =>
  program.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-2' && task === 'service' && status === 'started',
  );

const pidOfAgent = async (name: string) =>
  Number((await readFile(join(cluster.ownMachines, name, 'agent/agent.pid'), 'utf8')).split(' ')[0]);

it('two up at once: one has the coordinator, the other waits for it and watches the same run', async () => {
  const both = await Promise.all([up(), up()]);
  const results = await Promise.all(both.map((one) => one.result()));
  expect(results).toMatchObject([
    { outcome: 'ready', exitCode: 0 },
    { outcome: 'ready', exitCode: 0 },
  ]);
});

it('a second up with other options is refused, and the first goes on', async () => {
  await hang();
  const first = await up();
  await hangs(first);
  const second = await up('--until', 'runtime');
  expect(await second.result()).toMatchObject({ exitCode: 6, message: expect.stringContaining('is under way') });
  await cluster.faults('sim-2', [], cluster.ownMachines);
  expect(await first.result()).toMatchObject({ outcome: 'ready', exitCode: 0 });
});

it('a watcher whose coordinator was killed brings the run to its end itself', async () => {
  await hang();
  const first = await up();
  const { runId } = await first.line('plan');
  await hangs(first);
  const second = await up();
  await second.line('plan');
  await first.kill();
  await cluster.faults('sim-2', [], cluster.ownMachines);
  expect(await second.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });
  const serve = await cluster.coord(['serve']);
  await serve.says('coordinator of cluster');
  expect(doneAgain(await cluster.events(String(runId)))).toEqual([]);
});

it('an agent that was killed is started again, and its step is done', async () => {
  await hang();
  const first = await up();
  await hangs(first);
  await cluster.faults('sim-2', [], cluster.ownMachines);
  process.kill(await pidOfAgent('sim-2'), 'SIGKILL');
  expect(await first.result()).toMatchObject({ outcome: 'ready', exitCode: 0 });
});

it('a stopped agent does not outlive a killed command, nor keep the next one waiting', async () => {
  await hang();
  const first = await up();
  await hangs(first);
  const agent = await pidOfAgent('sim-2');
  process.kill(agent, 'SIGSTOP');
  await first.kill();
  await cluster.faults('sim-2', [], cluster.ownMachines);
  const second = await up();
  expect(await second.result()).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(isAlive(agent)).toBe(false);
});

it.each(['SIGTERM', 'SIGHUP'] as const)('%s has a result line that agrees with the exit code', async (signal) => {
  await hang();
  const first = await up();
  await hangs(first);
  first.signal(signal);
  expect(await first.result()).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
});

it('told twice, a command ends at once, with its result line', async () => {
  await hang();
  const first = await up();
  await hangs(first);
  first.signal('SIGTERM');
  await first.says('once more to stop at once');
  first.signal('SIGTERM');
  expect(await first.result()).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
});

it('ends when nats-server cannot have its port', async () => {
  const taken = createServer().listen(cluster.natsPort, '0.0.0.0');
  const first = await up();
  expect(await first.result()).toMatchObject({ message: expect.stringContaining('address already in use') });
  taken.close();
});

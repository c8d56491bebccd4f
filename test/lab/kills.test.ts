import { afterAll, beforeAll, expect, it } from 'vitest';
import { attempts, type JsonRun, taskStarted } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';

// While one cluster is set up, everything that can be killed is killed once.

const STATE = '/var/lib/vhive-coord';

let cluster: LabCluster;
let first: JsonRun;
let second: JsonRun;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(2);
});

afterAll(() => cluster.down());

const mainPid = (host: string) =>
  cluster.run(host, ['systemctl', 'show', '--property=MainPID', '--value', 'vhive-agent']);

it('an agent killed in the middle of a step comes back, and the step is done again', async () => {
  first = await cluster.up();
  await first.seen(taskStarted('runtime/host-2'), 'runtime of host-2 in its middle');
  const pid = await mainPid('host-2');
  await cluster.run('host-2', ['kill', '-9', pid]);
  const end = await first.seen(
    (line) => line.type === 'step' && line.step === 'runtime/host-2' && line.status === 'done',
    'runtime of host-2 done',
  );
  expect(end).toMatchObject({ attempt: 2 });
  const interrupted = first.of('step').filter((line) => line.step === 'runtime/host-2' && line.failure !== undefined);
  expect(interrupted).toMatchObject([{ attempt: 1, failure: { code: 'interrupted' } }]);
  expect(await mainPid('host-2')).not.toBe(pid);
});

it('a killed nats-server is started again, and the run goes on', async () => {
  await first.seen(taskStarted('control-plane/host-1', 'init'), 'kubeadm init under way');
  const pid = await cluster.run('host-1', ['cat', `${STATE}/nats-server.pid`]);
  await cluster.run('host-1', ['kill', '-9', pid]);
  await first.seen(
    (line) => line.type === 'step' && line.step === 'control-plane/host-1' && line.status === 'done',
    'control plane done',
  );
  expect(await cluster.run('host-1', ['cat', `${STATE}/nats-server.pid`])).not.toBe(pid);
});

it('a killed coordinator goes on where it was with the same command', async () => {
  await first.seen(taskStarted('join/host-2', 'join'), 'join of host-2 under way');
  const { pid } = JSON.parse(await cluster.run('host-1', ['cat', `${STATE}/coordinator.json`])) as { pid: number };
  await cluster.run('host-1', ['kill', '-9', String(pid)]);
  await first.ended;
  expect(first.malformed).toEqual([]);
  expect(first.lines.at(-1)?.type, 'no time for a result').not.toBe('result');
  second = await cluster.up();
  const { exitCode, result, stderr } = await second.outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0, runId: first.of('plan')[0]?.runId });
  expect(exitCode).toBe(0);
  expect(second.of('plan')).toMatchObject([{ resumed: true }]);
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready' });
});

it('no step that was finished was begun again, by the events of the run', async () => {
  const [plan] = second.of('plan');
  const counts = attempts(second);
  // Steps without tasks are milestones. They are reached, but never begun.
  const steps = plan?.plan.steps.filter(({ tasks }) => tasks.length > 0).map(({ id }) => id) ?? [];
  expect(steps.length).toBeGreaterThan(30);
  for (const step of steps) expect([step, counts[step]]).toEqual([step, step === 'runtime/host-2' ? 2 : 1]);
  const status = await cluster.coordinator('status');
  await status.outcome();
  const run = status.of('status')[0]?.status.run;
  expect(run?.status).toBe('ready');
  expect(run?.steps.filter((step) => step.attempts > 1).map(({ id }) => id)).toEqual(['runtime/host-2']);
});

it('the second time nothing changes', async () => {
  const { result } = await (await cluster.up()).outcome();
  expect(result).toMatchObject({ outcome: 'ready', changed: 0 });
});

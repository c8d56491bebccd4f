import { mkdir, mkdtemp, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptSummary, RunEvent, RunEventOf, Step } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openClusterMemory } from './cluster-memory.ts';

const at = '2026-03-01T10:00:00.000Z';
const step = (id: string, node: string, action: string): Step => ({
  ...{ id, phase: id.split('/')[0] ?? '', executor: node, node, title: id, needs: [], after: [] },
  tasks: [{ id: 'task', title: 'task', action, params: {} }],
  policy: { timeLimitMs: 60_000, retries: 0, backoffMs: 0, onFailure: 'fail-node' },
});
const steps = [
  step('preflight/n1', 'n1', 'preflight.host'),
  step('artifacts/a', '@coordinator', 'artifact.fetch'),
  step('system/n1', 'n1', 'sysctl'),
  step('control-plane/n1', 'n1', 'kubeadm.init'),
  step('join/n2', 'n2', 'kubeadm.join'),
];

function created(sandbox: string, fields: Partial<RunEventOf<'run.created'>> = {}): RunEventOf<'run.created'> {
  const plan = { phases: [], controlPlane: 'n1', nodes: ['n1', 'n2'], steps };
  const settings = { said: [{ path: ['sandbox'], value: sandbox, where: '--sandbox' }] };
  const basis = { version: '0.1.0', settings, config: { sandbox }, addresses: { n1: '10.0.0.1', n2: '10.0.0.2' } };
  return {
    ...{ type: 'run.created', at, runId: `run-${sandbox}`, plan, mode: 'apply', inputHash: 'x' },
    ...{ giveUpAfterMs: 1, basis, ...fields },
  };
}
const dispatched = (stepId: string): RunEvent => ({
  type: 'attempt.dispatched',
  ...{ at, stepId, attemptId: `${stepId}#1`, number: 1 },
});
function finished(stepId: string, status: 'changed' | 'unchanged' | 'failed'): RunEvent {
  const action = steps.find(({ id }) => id === stepId)?.tasks[0]?.action ?? '';
  const result: AttemptSummary = {
    ...{ runId: 'run-x', stepId, attemptId: `${stepId}#1`, outputs: {}, startedAt: at, finishedAt: at },
    outcome: status === 'failed' ? 'failed' : 'ok',
    tasks: [{ id: 'task', action, status, durationMs: 1 }],
  };
  return { type: 'attempt.finished', at, result, jitter: 0 };
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-memory-'));
});
afterEach(() => rm(directory, { recursive: true }));

const remembered = async () => (await openClusterMemory(directory)).record;

it('a run that only looked at hosts, was a dry one or a job, leaves nothing behind', async () => {
  const memory = await openClusterMemory(directory);
  await memory.runEvents(created('gvisor'), [dispatched('preflight/n1'), dispatched('artifacts/a')]);
  await memory.runEvents(created('gvisor', { mode: 'check' }), [dispatched('system/n1')]);
  await memory.runEvents(created('gvisor', { job: 'a load' }), [dispatched('system/n1')]);
  expect(await remembered()).toEqual({ v: 1, members: {} });
});

it('settings are remembered from the first step that changes a host on, in a file for its owner alone', async () => {
  const memory = await openClusterMemory(directory);
  await memory.runEvents(created('gvisor'), [dispatched('preflight/n1'), dispatched('system/n1')]);
  expect(await remembered()).toMatchObject({ run: { runId: 'run-gvisor', basis: { config: { sandbox: 'gvisor' } } } });
  expect((await stat(join(directory, 'cluster.json'))).mode & 0o777).toBe(0o600);
  // A later run that is refused before it changes anything does not take their place.
  await memory.runEvents(created('stock-only'), [dispatched('preflight/n1')]);
  expect((await remembered()).run?.runId).toBe('run-gvisor');
});

it('a node is a member once kubeadm has made it one, not before', async () => {
  const memory = await openClusterMemory(directory);
  const run = created('gvisor');
  await memory.runEvents(run, [dispatched('control-plane/n1'), dispatched('join/n2'), finished('join/n2', 'failed')]);
  expect((await remembered()).members).toEqual({});
  await memory.runEvents(run, [finished('control-plane/n1', 'changed'), finished('join/n2', 'unchanged')]);
  expect((await remembered()).members).toEqual({
    n1: { since: at, role: 'control-plane', address: '10.0.0.1' },
    n2: { since: at, role: 'worker', address: '10.0.0.2' },
  });
});

it('what follows from events that were stored before a kill is made good by telling them again', async () => {
  const events = [dispatched('system/n1'), dispatched('control-plane/n1'), finished('control-plane/n1', 'changed')];
  const memory = await openClusterMemory(directory);
  await memory.runEvents(created('gvisor'), events.slice(0, 1));
  await (await openClusterMemory(directory)).runEvents(created('gvisor'), events);
  expect(Object.keys((await remembered()).members)).toEqual(['n1']);
});

it('writes that come at once end as the newest', async () => {
  const memory = await openClusterMemory(directory);
  await Promise.all(
    [1, 2, 3].map((number) => memory.coordinator({ cluster: 'c', httpsPort: number, natsPort: number })),
  );
  expect((await remembered()).coordinator?.httpsPort).toBe(3);
});

it('a file that cannot be understood is named, and not written over', async () => {
  await writeFile(join(directory, 'cluster.json'), '{"v": 2}');
  await expect(openClusterMemory(directory)).rejects.toMatchObject({
    message: expect.stringContaining(join(directory, 'cluster.json')),
  });
  expect(await readFile(join(directory, 'cluster.json'), 'utf8')).toBe('{"v": 2}');
});

it('what could not be written is written with the next event', async () => {
  const memory = await openClusterMemory(directory);
  const inTheWay = join(directory, 'cluster.json');
  await mkdir(inTheWay);
  const run = created('gvisor');
  await expect(memory.runEvents(run, [dispatched('system/n1')])).rejects.toThrow('EISDIR');
  await rmdir(inTheWay);
  await memory.runEvents(run, [finished('system/n1', 'changed')]);
  expect((await remembered()).run?.runId).toBe('run-gvisor');
});

import { output, type RunStep, type Task, VhiveError } from '@vhive/shared';
import { expect, test } from 'vitest';
import { type CoordinatorActions, runCoordinatorStep } from './coordinator-steps.ts';

const artifact = { name: 'thing 1', sha256: 'a'.repeat(64), bytes: 3 };
const fetchTask = (id: string, version = '1'): Task => ({
  id,
  title: id,
  action: 'artifact.fetch',
  params: { name: 'thing', version, arch: 'amd64', url: 'https://host.test/thing', checksum: { type: 'none' } },
});
const command = (tasks: Task[], changes: Partial<RunStep> = {}): RunStep => ({
  ...{ type: 'step.run', runId: 'run-test', stepId: 'artifacts/thing', attemptId: 'attempt', phase: 'artifacts' },
  ...{ mode: 'apply', timeLimitMs: 10_000, tasks, ...changes },
});
const table = (fetch: CoordinatorActions['artifact.fetch']): CoordinatorActions => ({
  'artifact.fetch': fetch,
  'artifact.local': async () => ({ outputs: { artifact }, status: 'unchanged' }),
  'image.fetch': async () => ({ outputs: { artifact: null }, status: 'unchanged' }),
  'load.begin': async () => ({ outputs: { startAtMs: 0 }, status: 'unchanged' }),
  'preflight.cluster': async () => ({ outputs: { findings: [] }, status: 'unchanged' }),
  'vhive.tree': async () => ({ outputs: { go: '1.2.3', kernel: null }, status: 'unchanged' }),
});
const observer = { log: () => undefined, progress: () => undefined };
const forever = new AbortController().signal;

test('outputs by task, changes and outcome', async () => {
  const actions = table(async () => ({ outputs: { artifact }, status: 'changed', changes: ['downloaded'] }));
  const result = await runCoordinatorStep(command([fetchTask('a'), fetchTask('b')]), actions, observer, forever);
  expect(result).toMatchObject({
    outcome: 'ok',
    outputs: { a: { artifact }, b: { artifact } },
    tasks: [
      { id: 'a', status: 'changed', changes: ['downloaded'] },
      { id: 'b', status: 'changed' },
    ],
  });
});

test('after a failed task the others are skipped; a refusal is permanent', async () => {
  const actions = table(() => Promise.reject(new VhiveError({ code: 'refused', message: 'wrong hash', hint: 'look' })));
  const result = await runCoordinatorStep(command([fetchTask('a'), fetchTask('b')]), actions, observer, forever);
  expect(result).toMatchObject({
    outcome: 'failed',
    failure: { code: 'refused', message: 'wrong hash', hint: 'look', permanent: true },
    tasks: [{ status: 'failed' }, { status: 'skipped' }],
  });
});

test('params that do not fit and unknown actions fail the step, never the process', async () => {
  const actions = table(async () => ({ outputs: { artifact }, status: 'unchanged' }));
  const bad = { ...fetchTask('a'), params: { name: 1 } };
  expect(await runCoordinatorStep(command([bad]), actions, observer, forever)).toMatchObject({ outcome: 'failed' });
  const unknown = { ...fetchTask('a'), action: 'rm -rf' };
  expect(await runCoordinatorStep(command([unknown]), actions, observer, forever)).toMatchObject({
    outcome: 'failed',
    failure: { message: 'the coordinator has no action "rm -rf"' },
  });
});

test('a dry run says of a task what it depends on, where that is not known yet', async () => {
  const url = output('artifacts/tree', 'tree', 'go', { within: 'https://host.test/{value}' });
  const task = { ...fetchTask('a'), params: { ...fetchTask('a').params, url } };
  const actions = table(() => Promise.reject(new Error('never asked')));
  expect(await runCoordinatorStep(command([task], { mode: 'check' }), actions, observer, forever)).toMatchObject({
    outcome: 'ok',
    tasks: [{ status: 'would-change', changes: ['depends on artifacts/tree'] }],
  });
});

const untilAborted: CoordinatorActions['artifact.fetch'] = (_params, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

test('a cancelled step is cancelled, one over its limit timed out', async () => {
  const cancelled = new AbortController();
  const running = runCoordinatorStep(command([fetchTask('a')]), table(untilAborted), observer, cancelled.signal);
  cancelled.abort(new Error('enough'));
  expect(await running).toMatchObject({ outcome: 'cancelled' });
  const limited = command([fetchTask('a')], { timeLimitMs: 1 });
  expect(await runCoordinatorStep(limited, table(untilAborted), observer, forever)).toMatchObject({
    outcome: 'timed-out',
  });
});

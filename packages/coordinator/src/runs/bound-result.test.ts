import type { AttemptSummary, CommandReply, TaskResult } from '@vhive/shared';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Asked, believable, resultInReply } from './bound-result.ts';

const at = '2026-01-01T00:00:00.000Z';
const asked: Asked = {
  ...{ runId: 'run-0001', stepId: 'vhive-build/n1', attemptId: 'run-0001.vhive-build_n1.1', mode: 'apply' },
  tasks: [
    { id: 'nothing', action: 'no-op' },
    { id: 'publish', action: 'artifact.publish' },
  ],
};
const artifact = { name: 'vhive', sha256: 'a'.repeat(64), bytes: 1 };
const task = (id: string, action: string, status: TaskResult['status'] = 'changed'): TaskResult => ({
  ...{ id, action, status, durationMs: 1 },
});
const result: AttemptSummary = {
  ...{ attemptId: asked.attemptId, runId: asked.runId, stepId: asked.stepId, outcome: 'ok' },
  tasks: [task('nothing', 'no-op'), task('publish', 'artifact.publish')],
  outputs: { publish: { artifact } },
  ...{ startedAt: at, finishedAt: at },
};
const finished = (given: Partial<AttemptSummary>, attemptId = asked.attemptId): CommandReply => ({
  type: 'finished',
  attemptId,
  result: { ...result, ...given },
});
/** What fails the attempt that was asked for, and no other. */
const refused = expect.objectContaining({
  ...{ attemptId: asked.attemptId, runId: asked.runId, stepId: asked.stepId, outcome: 'failed', outputs: {} },
  failure: expect.objectContaining({ code: 'invalid-result', permanent: true }),
});

test('what the agent was asked for counts as it is', () => {
  expect(resultInReply(asked, finished({}))).toEqual(result);
  expect(resultInReply(asked, { type: 'accepted', attemptId: asked.attemptId, status: 'running' })).toBeUndefined();
});

test.each([
  ['another step', { stepId: 'vhive-build/n2' }],
  ['another run', { runId: 'run-0002' }],
  ['another attempt', { attemptId: 'run-0001.vhive-build_n1.2' }],
  ['another attempt of another step', { attemptId: 'run-0001.join_n2.1', stepId: 'join/n2' }],
])('a reply about %s fails the attempt that was asked for', (_, other) => {
  expect(resultInReply(asked, finished(other))).toEqual(refused);
});

test('a reply that names another attempt on its outside fails it too', () => {
  expect(resultInReply(asked, finished({}, 'other'))).toEqual(refused);
  expect(resultInReply(asked, { type: 'accepted', attemptId: 'other', status: 'running' })).toEqual(refused);
});

test.each<[string, Partial<AttemptSummary>]>([
  ['without outputs that the action must give', { outputs: {} }],
  ['with outputs of another shape', { outputs: { publish: { artifact: '/etc/passwd' } } }],
  ['with outputs in the place of which is a list', { outputs: { publish: [] } }],
  ['with a task missing', { tasks: [task('publish', 'artifact.publish')] }],
  ['with a task that failed', { tasks: [task('nothing', 'no-op', 'failed'), task('publish', 'artifact.publish')] }],
  [
    'with a task that was only looked at',
    { tasks: [task('nothing', 'no-op', 'would-change'), ...result.tasks.slice(1)] },
  ],
  ['with a task of another action', { tasks: [task('nothing', 'file'), task('publish', 'artifact.publish')] }],
  ['with a task twice', { tasks: [...result.tasks, task('nothing', 'no-op')] }],
])('success %s is no success', (_, given) => {
  expect(believable(asked, { ...result, ...given })).toEqual(refused);
});

test('outputs of tasks that the step does not have, and fields that the action does not have, are left out', () => {
  const outputs = { publish: { artifact, more: 1 }, other: { artifact }, ['__proto__']: { artifact } };
  expect(believable(asked, { ...result, outputs })).toEqual(result);
});

test('a failure counts without its outputs being complete', () => {
  const given: AttemptSummary = { ...result, outcome: 'interrupted', tasks: [], outputs: { publish: { artifact: 1 } } };
  expect(believable(asked, given)).toEqual({ ...given, outputs: {} });
});

test('a dry run need not know the outputs of what it left out', () => {
  const tasks = [task('nothing', 'no-op', 'unchanged'), task('publish', 'artifact.publish', 'would-change')];
  const given = { ...result, tasks, outputs: {} };
  expect(believable({ ...asked, mode: 'check' }, given)).toEqual(given);
});

test('a step whose action this version does not know cannot succeed', () => {
  const unknown = { ...asked, tasks: [{ id: 'x', action: 'constructor' }] };
  expect(believable(unknown, { ...result, tasks: [task('x', 'constructor')] })).toEqual(refused);
});

test('whatever an agent says, the result is about what it was asked', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(asked.runId, asked.stepId, asked.attemptId, 'publish', 'no-op'));
  const status = fc.constantFrom<TaskResult['status']>('unchanged', 'changed', 'would-change', 'failed', 'skipped');
  const anything = fc.record({
    ...{ attemptId: text, runId: text, stepId: text },
    outcome: fc.constantFrom<AttemptSummary['outcome']>('ok', 'failed', 'interrupted', 'cancelled', 'timed-out'),
    tasks: fc.array(fc.record({ id: text, action: text, status, durationMs: fc.nat() })),
    outputs: fc.dictionary(text, fc.anything()),
    ...{ startedAt: fc.constant(at), finishedAt: fc.constant(at) },
  });
  fc.assert(
    fc.property(text, anything, (attemptId, said) => {
      const counted = resultInReply(asked, { type: 'finished', attemptId, result: said });
      expect(counted).toMatchObject({ runId: asked.runId, stepId: asked.stepId, attemptId: asked.attemptId });
      for (const task of counted?.tasks ?? []) expect(asked.tasks.map(({ id }) => id)).toContain(task.id);
    }),
  );
});

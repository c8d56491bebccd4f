import type { Progress } from '@vhive/shared';
import { expect, test } from 'vitest';
import { runOf, stepOf } from '../cli/render/run-view.fixture.ts';
import { withWaits } from './with-waits.ts';

const said = (stepId: string, attempt: number, waiting?: string[]): { progress: Progress } => ({
  progress: {
    ...{ type: 'task.progress', runId: 'r', stepId, attemptId: `r.${stepId}.${attempt}`, taskId: 't', title: 'a task' },
    ...{ index: 0, count: 1, status: 'started' },
    ...(waiting === undefined ? {} : { waiting }),
  },
});

test('running steps say what they wait for; others, and what was said in an earlier attempt, do not count', () => {
  const view = runOf(
    ['a', 'b', 'c', 'd'],
    [
      stepOf('system', 'a', { status: 'running', attempts: 2 }),
      stepOf('system', 'b', { status: 'running', attempts: 2 }),
      stepOf('system', 'c', { status: 'done', attempts: 1 }),
      stepOf('system', 'd', { status: 'running', attempts: 1 }),
    ],
  );
  const waits = withWaits(view, [
    said('system/a', 2, ['no pod']),
    said('system/b', 1, ['of before']),
    said('system/c', 1, ['over']),
    said('system/d', 1),
  ]);
  expect(waits.steps.flatMap(({ id, waiting }) => (waiting ? [[id, waiting]] : []))).toEqual([
    ['system/a', ['no pod']],
  ]);
  expect(withWaits({ ...view, status: 'failed' }, [said('system/a', 2, ['no pod'])])).not.toBe(waits);
  expect(withWaits(view, [])).toBe(view);
});

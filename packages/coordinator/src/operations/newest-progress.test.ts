import type { Progress } from '@vhive/shared';
import { expect, test } from 'vitest';
import { NewestProgress } from './newest-progress.ts';

const said = (runId: string, stepId: string, detail: string): Progress => ({
  ...{ type: 'task.progress', runId, stepId, attemptId: 'a', taskId: 't', title: 'a task' },
  ...{ index: 0, count: 1, status: 'started', detail },
});
const told = (newest: NewestProgress, runId: string) =>
  newest.ofRun(runId).map(({ node, progress }) => `${node} ${progress.stepId} ${progress.detail}`);

test('the newest of each step is kept, of the newest run of each executor', () => {
  const newest = new NewestProgress();
  newest.hear('n1', said('run-1', 'a', '1 of 2'));
  newest.hear('n1', said('run-1', 'a', '2 of 2'));
  newest.hear('n1', said('run-1', 'b', 'begun'));
  newest.hear('n2', said('run-1', 'a', 'begun'));
  expect(told(newest, 'run-1')).toEqual(['n1 a 2 of 2', 'n1 b begun', 'n2 a begun']);
  newest.hear('n1', said('run-2', 'a', 'anew'));
  expect(told(newest, 'run-1')).toEqual(['n2 a begun']);
  expect(told(newest, 'run-2')).toEqual(['n1 a anew']);
});

test('it does not grow without end', () => {
  const newest = new NewestProgress();
  for (let step = 0; step < 1000; step += 1) newest.hear('n1', said('run-1', `s${step}`, ''));
  expect(newest.ofRun('run-1')).toHaveLength(64);
  expect(newest.ofRun('run-1').at(-1)?.progress.stepId).toBe('s999');
});

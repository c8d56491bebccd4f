import type { Progress } from '@vhive/shared';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTaskProgress } from './task-progress.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('reasons of a wait are sent when they change, again where one may be lost, and not with the end', () => {
  const sent: Progress[] = [];
  const head = { runId: 'r', stepId: 's', attemptId: 'r.s.1', taskId: 't', title: 'a task', index: 0, count: 1 };
  const progress = createTaskProgress(head, (message) => void sent.push(message), 20);
  progress.started();
  vi.advanceTimersByTime(1_000);
  for (let second = 0; second < 20; second += 5) {
    progress.waiting(['no pod']);
    vi.advanceTimersByTime(5_000);
  }
  expect(sent.map(({ waiting }) => waiting)).toEqual([undefined, ['no pod']]);
  progress.waiting(['a pod, but not ready']);
  progress.detail('0 of 1');
  vi.advanceTimersByTime(31_000);
  progress.waiting(['a pod, but not ready']);
  vi.advanceTimersByTime(1_000);
  expect(sent.slice(2)).toMatchObject([
    { waiting: ['a pod, but not ready'], detail: '0 of 1' },
    { waiting: ['a pod, but not ready'] },
  ]);
  progress.waiting([]);
  progress.waiting([]);
  vi.advanceTimersByTime(60_000);
  progress.finished('unchanged');
  expect(sent.slice(4).map(({ status, waiting }) => [status, waiting])).toEqual([
    ['started', undefined],
    ['unchanged', undefined],
  ]);
});

import type { LogLine } from '@vhive/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { doneStep, runOf, stepOf } from '../../render/run-view.fixture.ts';
import { chosenLines, lastLines, withoutFirst } from './select-lines.ts';

const line = (stepId: string, taskId: string, second = 0): LogLine => ({
  at: `2026-03-01T10:00:${String(second).padStart(2, '0')}.000Z`,
  ...{ runId: 'run-20260301t100000-abc123', node: 'w', phase: 'system', attemptId: 'a', stream: 'stdout' as const },
  ...{ stepId, taskId, text: `${stepId} ${taskId} ${second}` },
});

async function* of<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

it('lines of failed tasks alone', async () => {
  const task = { action: 'file', durationMs: 1 };
  const failed = stepOf('runtime', 'w', {
    status: 'failed',
    tasks: [
      { ...task, id: 'fine', status: 'changed' },
      { ...task, id: 'bad', status: 'failed' },
    ],
  });
  const run = runOf(['w'], [failed, doneStep('system', 'w', 0, 1)]);
  const lines = [line('runtime/w', 'fine'), line('runtime/w', 'bad'), line('system/w', 'bad')];
  expect(await Array.fromAsync(chosenLines(of(lines), { failedIn: run }))).toEqual([lines[1]]);
});

it('lines since a time', async () => {
  const lines = [line('a', 'b', 1), line('a', 'b', 2), line('a', 'b', 3)];
  const since = Date.parse('2026-03-01T10:00:02Z');
  expect(await Array.fromAsync(chosenLines(of(lines), { since }))).toEqual(lines.slice(1));
});

it('the last of many lines, and all but the first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 40 }), async (all, count) => {
      const lines = Array.from({ length: all }, (_, n) => line('a', String(n)));
      expect(await Array.fromAsync(lastLines(of(lines), count))).toEqual(count === 0 ? [] : lines.slice(-count));
      expect(await Array.fromAsync(withoutFirst(of(lines), count))).toEqual(lines.slice(count));
    }),
    { numRuns: 20 },
  );
});

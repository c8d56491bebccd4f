import { expect, it } from 'vitest';
import { createStepLog, MAX_LINE_LENGTH, stepLogLimits } from './step-log.ts';
import { keepWords } from './test-executor.fixture.ts';

const head = { runId: 'run-test', stepId: 'p/n', phase: 'p', attemptId: 'a' };

it('gathers lines into batches of at most 100', async () => {
  const words = keepWords();
  const log = createStepLog(head, words);
  for (let index = 0; index < 250; index++) log.write('t', 'stdout', `line ${index}`);
  await log.end();
  expect(words.batches.map((batch) => batch.lines.length)).toEqual([100, 100, 50]);
  expect(words.lines()).toEqual(Array.from({ length: 250 }, (_, index) => `line ${index}`));
});

it('sends what waits after a while', async () => {
  const words = keepWords();
  createStepLog(head, words, { ...stepLogLimits, flushAfterMs: 1 }).write('t', 'stderr', 'one');
  await expect.poll(() => words.lines()).toEqual(['one']);
});

it('cuts long lines', async () => {
  const words = keepWords();
  const log = createStepLog(head, words);
  log.write('t', 'stdout', 'x'.repeat(10_000));
  await log.end();
  expect(words.lines()[0]).toHaveLength(MAX_LINE_LENGTH);
});

it('tries again under the same id until the batch is taken', async () => {
  const ids: string[] = [];
  const words = keepWords();
  const log = createStepLog(head, {
    ready: words.ready,
    async log(batch, id) {
      ids.push(id);
      if (ids.length < 3) throw new Error('not now');
      await words.log(batch, id);
    },
  });
  log.write('t', 'stdout', 'one');
  await log.end();
  expect(ids).toEqual(['a-log-0', 'a-log-0', 'a-log-0']);
  expect(words.lines()).toEqual(['one']);
});

it('drops what does not fit while nobody takes it, and says how much', async () => {
  const words = keepWords();
  const open = Promise.withResolvers<void>();
  const log = createStepLog(
    head,
    { ready: () => open.promise, log: words.log },
    { ...stepLogLimits, maxWaitingBytes: 1_000 },
  );
  for (let index = 0; index < 50; index++) log.write('t', 'stdout', 'x'.repeat(100));
  open.resolve();
  await log.end();
  const lines = words.lines();
  const dropped = 50 - (lines.length - 1);
  expect(dropped).toBeGreaterThan(30);
  expect(lines.at(-1)).toBe(`${dropped} lines dropped: the coordinator could not be reached`);
});

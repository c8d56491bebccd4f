import { expect, test } from 'vitest';
import { CommitQueue } from './commit-queue.ts';

test('what arrives during a commit forms the next batch, in order', async () => {
  const batches: number[][] = [];
  const gate = Promise.withResolvers<void>();
  const queue = new CommitQueue<number>(async (items) => {
    batches.push(items);
    if (batches.length === 1) await gate.promise;
  });
  const first = Promise.all([queue.add(1), queue.add(2)]);
  await Promise.resolve();
  await Promise.resolve();
  const second = Promise.all([queue.add(3), queue.add(4), queue.add(5)]);
  gate.resolve();
  await Promise.all([first, second]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test('a failed commit rejects its items, those waiting, and all that come', async () => {
  const cause = new Error('another leader');
  const queue = new CommitQueue<number>(() => Promise.reject(cause));
  const results = await Promise.allSettled([queue.add(1), queue.add(2)]);
  results.push(...(await Promise.allSettled([queue.add(3)])));
  expect(results.map((result) => (result.status === 'rejected' ? result.reason : undefined))).toEqual([
    cause,
    cause,
    cause,
  ]);
});

test('a stopped queue commits nothing more', async () => {
  const committed: number[] = [];
  const queue = new CommitQueue<number>(async (items) => {
    committed.push(...items);
  });
  const waiting = queue.add(1);
  queue.stop(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(queue.add(2)).rejects.toThrow('stopped');
  expect(committed).toEqual([]);
});

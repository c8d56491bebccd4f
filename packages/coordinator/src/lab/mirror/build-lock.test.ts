import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeBuildLock } from './build-lock.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-lock-'));
  file = join(directory, 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

test('a second build says that it waits and goes on when the first lets go', async () => {
  const order: string[] = [];
  const first = await takeBuildLock(file, () => order.push('first waits'), undefined);
  const isWaiting = Promise.withResolvers<void>();
  const second = takeBuildLock(
    file,
    () => {
      order.push('second waits');
      isWaiting.resolve();
    },
    undefined,
  ).then(async (lock) => {
    order.push('second holds');
    await lock[Symbol.asyncDispose]();
  });
  await isWaiting.promise;
  order.push('first lets go');
  await first[Symbol.asyncDispose]();
  await second;
  expect(order).toEqual(['second waits', 'first lets go', 'second holds']);
});

test('waiting ends on an abort, and leaves the lock to its holder and to those after', async () => {
  const held = await takeBuildLock(file, () => undefined, undefined);
  const stop = new AbortController();
  const aborted = takeBuildLock(file, () => stop.abort(new Error('enough')), stop.signal);
  await expect(aborted).rejects.toThrow('enough');
  const waits: string[] = [];
  const next = takeBuildLock(
    file,
    (line) => {
      waits.push(line);
      void held[Symbol.asyncDispose]();
    },
    undefined,
  );
  await (await next)[Symbol.asyncDispose]();
  expect(waits).toEqual(['another build of the lab mirror is running; waiting for it']);
});

test('a lock file that cannot be made is an error, not a wait', async () => {
  const impossible = join(directory, 'missing/lock');
  await expect(takeBuildLock(impossible, () => undefined, undefined)).rejects.toThrow(`Cannot lock ${impossible}`);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLockFile, withFileLock } from './file-lock.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-lock-'));
  file = join(directory, 'new/lock');
});
afterEach(() => rm(directory, { recursive: true }));

test('one work at a time: the second says that it waits, and goes on when the first has failed', async () => {
  const order: string[] = [];
  const mayEnd = Promise.withResolvers<void>();
  const hasBegun = Promise.withResolvers<void>();
  const first = withFileLock(
    file,
    async () => {
      hasBegun.resolve();
      await mayEnd.promise;
      order.push('first');
      throw new Error('failed');
    },
    { onWait: () => order.push('first waits') },
  );
  await hasBegun.promise;
  const waits = Promise.withResolvers<void>();
  const second = withFileLock(file, async () => order.push('second'), {
    onWait() {
      order.push('second waits');
      waits.resolve();
    },
  });
  await waits.promise;
  mayEnd.resolve();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(order).toEqual(['second waits', 'first', 'second']);
});

test('a held lock is not taken, and is free again after its release', async () => {
  const release = await tryLockFile(file);
  expect(await tryLockFile(file)).toBeUndefined();
  await release?.();
  const again = await tryLockFile(file);
  expect(again).toBeDefined();
  await again?.();
});

test('waiting ends on an abort, and leaves the lock to its holder and to those after', async () => {
  const release = await tryLockFile(file);
  const stop = new AbortController();
  const aborted = withFileLock(file, async () => 'never', { signal: stop.signal, onWait: () => stop.abort() });
  await expect(aborted).rejects.toMatchObject({ code: 'interrupted' });
  expect(await tryLockFile(file)).toBeUndefined();
  await release?.();
  expect(await withFileLock(file, async () => 'mine')).toBe('mine');
});

test('a lock that is held is waited for with patience, and without it is not', async () => {
  const release = await tryLockFile(file);
  expect(await tryLockFile(file)).toBeUndefined();
  const patient = tryLockFile(file, undefined, 60);
  await release?.();
  const taken = await patient;
  expect(taken).toBeDefined();
  await taken?.();
});

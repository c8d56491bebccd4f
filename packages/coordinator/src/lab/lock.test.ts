import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lab-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('lets one work at a time, says that the other waits, and lets go after a failure', async () => {
  const file = join(directory, 'new/lock');
  const said: string[] = [];
  const order: string[] = [];
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>();
  const first = withLock(file, 'it', { log: (line) => said.push(line) }, async () => {
    begin();
    await mayEnd;
    order.push('first');
    throw new Error('failed');
  });
  await hasBegun;
  const waits = Promise.withResolvers<string>();
  const second = withLock(file, 'it', { log: waits.resolve }, async () => order.push('second'));
  expect(await waits.promise).toBe('waiting for another command that works on it');
  end();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(order).toEqual(['first', 'second']);
  expect(said).toEqual([]);
});

it('stops waiting when it is told to', async () => {
  const file = join(directory, 'lock');
  await withLock(file, 'it', { log: () => undefined }, async () => {
    const controller = new AbortController();
    const waiting = withLock(file, 'it', { log: () => controller.abort(), signal: controller.signal }, async () => 1);
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FinishedParts } from './finished-parts.ts';

let directory: string;
let done: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-parts-'));
  done = [];
});
afterEach(() => rm(directory, { recursive: true }));

/** Makes a new object each time, as after a restart. */
function once(part: string, key: string, work: () => Promise<void> = async () => undefined): Promise<void> {
  return new FinishedParts(join(directory, 'finished')).once(part, key, async () => {
    done.push(`${part} ${key}`);
    await work();
  });
}

test('a part is done once per key', async () => {
  await once('programs', 'a');
  await once('programs', 'a');
  await once('trees', 'a');
  await once('programs', 'b');
  await once('programs', 'a');
  expect(done).toEqual(['programs a', 'trees a', 'programs b', 'programs a']);
});

test('a part that failed is done again, also when it had been finished with another key', async () => {
  await once('programs', 'a');
  const failing = once('programs', 'b', () => Promise.reject(new Error('interrupted')));
  await expect(failing).rejects.toThrow('interrupted');
  await once('programs', 'a');
  expect(done).toEqual(['programs a', 'programs b', 'programs a']);
});

test('a forgotten part is done again', async () => {
  await once('trees', 'a');
  await new FinishedParts(join(directory, 'finished')).forget('trees');
  await once('trees', 'a');
  expect(done).toEqual(['trees a', 'trees a']);
});

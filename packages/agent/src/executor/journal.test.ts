import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal } from './journal.ts';
import { stepOf } from './test-executor.fixture.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-journal-'));
  file = join(directory, 'journal.db');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const resultOf = (attemptId: string) => ({
  attemptId,
  runId: 'run-test',
  stepId: 'phase/n1',
  outcome: 'ok' as const,
  tasks: [],
  outputs: {},
  startedAt: new Date().toISOString(),
  finishedAt: new Date().toISOString(),
});
const entryOf = (attemptId: string) => ({
  id: attemptId,
  event: { type: 'attempt.finished' as const, result: resultOf(attemptId) },
});

it('knows attempts and the outbox after it was closed', async () => {
  const journal = openJournal(file);
  await Promise.all([journal.accept(stepOf([], { attemptId: 'a' })), journal.accept(stepOf([], { attemptId: 'b' }))]);
  expect(journal.find('a')).toEqual({ state: 'accepted' });
  await Promise.all([journal.finish(resultOf('a'), undefined), journal.finish(resultOf('b'), entryOf('b'))]);
  journal.close();
  const again = openJournal(file);
  expect(again.find('a')).toMatchObject({ state: 'finished', result: { outcome: 'ok' } });
  expect(again.outbox(10).map(({ id }) => id)).toEqual(['b']);
  await again.acknowledge(['b']);
  expect(again.outboxSize()).toBe(0);
  expect(again.find('c')).toBeUndefined();
  again.close();
});

it('can be read by its owner only', async () => {
  const journal = openJournal(file);
  await journal.accept(stepOf([], { attemptId: 'a' }));
  for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o077).toBe(0);
  journal.close();
});

it('takes an attempt once', async () => {
  const journal = openJournal(file);
  await journal.accept(stepOf([], { attemptId: 'a' }));
  await expect(journal.accept(stepOf([], { attemptId: 'a' }))).rejects.toThrow();
  journal.close();
});

it('forgets finished attempts after seven days, not the ones before', async () => {
  const day = (days: number) => ({ now: () => new Date(Date.UTC(2030, 0, 1 + days)) });
  const old = openJournal(file, day(0));
  await old.accept(stepOf([], { attemptId: 'old' }));
  await old.finish(resultOf('old'), undefined);
  old.close();
  const newer = openJournal(file, day(6));
  expect(newer.find('old')).toBeDefined();
  newer.close();
  const newest = openJournal(file, day(8));
  expect(newest.find('old')).toBeUndefined();
  newest.close();
});

it('writes what is pending when it is closed', async () => {
  const journal = openJournal(file);
  const written = journal.accept(stepOf([], { attemptId: 'a' }));
  journal.close();
  await written;
  await expect(journal.accept(stepOf([], { attemptId: 'b' }))).rejects.toThrow('closed');
  const again = openJournal(file);
  expect(again.find('a')).toMatchObject({ state: 'finished', result: { outcome: 'interrupted' } });
  again.close();
});

it('survives kill -9: what was accepted counts as interrupted, what was finished stays', async () => {
  const child = fork(join(import.meta.dirname, 'journal-writer.fixture.ts'), [file], {
    stdio: 'inherit',
    execArgv: [],
  });
  const acknowledged = new Set<string>();
  const finished = new Set<string>();
  child.on('message', ({ accepted, done }: { accepted?: string; done?: string }) => {
    if (accepted) acknowledged.add(accepted);
    if (done) finished.add(done);
    if (finished.size === 50) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  const journal = openJournal(file);
  for (const id of acknowledged) {
    const known = journal.find(id);
    expect(known?.state).toBe('finished');
    if (known?.state !== 'finished') continue;
    if (finished.has(id)) expect(known.result.outcome).toBe('ok');
    else expect(['ok', 'interrupted']).toContain(known.result.outcome);
  }
  // The attempt that never ends was the first one that was accepted.
  expect(journal.find('endless')).toMatchObject({ result: { outcome: 'interrupted' } });
  expect(journal.outbox(1_000).map(({ id }) => id)).toContain('endless');
  expect(journal.outbox(1_000).filter(({ id }) => finished.has(id)).length).toBe(finished.size);
  journal.close();
});

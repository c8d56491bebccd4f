import { commandReply, VhiveError } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ActionError } from '../actions/kit/action.ts';
import type { AnyAction } from './action-table.ts';
import { openJournal } from './journal.ts';
import { anything, executorOf, stepOf } from './test-executor.fixture.ts';

/** Makes an action whose check finds everything as wanted, at once or after it was applied. */
function thing(isSo: boolean): AnyAction & { applied: number } {
  let state = isSo;
  return {
    applied: 0,
    check: async () =>
      state ? { converged: true, outputs: { is: 'so' } } : { converged: false, changes: ['make it so'] },
    async apply() {
      this.applied++;
      state = true;
    },
  };
}

const done: AnyAction = { check: async () => ({ converged: true, outputs: {} }), apply: async () => undefined };
const broken = (error: unknown): AnyAction => ({
  ...done,
  check: async () => {
    throw error;
  },
});
/** An action that ends only when its signal aborts. */
const endless: AnyAction = {
  ...done,
  check: (_, context) =>
    new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason))),
};

async function resultOf(actions: Record<string, AnyAction>, step = stepOf(Object.keys(actions)), options = {}) {
  const { executor, words } = executorOf(actions, { replyWithinMs: 5_000, ...options });
  const reply = commandReply.parse(await executor.run(step));
  if (reply.type !== 'finished') throw new Error(`answered ${reply.type}`);
  return { result: reply.result, words };
}

const contractOfA = anything(['a']).a;
if (contractOfA === undefined) throw new Error('no contract');

describe('a task', () => {
  it('is unchanged when it is so already, and gives its outputs', async () => {
    const { result } = await resultOf({ a: thing(true) });
    expect(result).toMatchObject({
      outcome: 'ok',
      tasks: [{ id: 't0', status: 'unchanged' }],
      outputs: { t0: { is: 'so' } },
    });
  });

  it('is changed by apply, told by a second check', async () => {
    const { result } = await resultOf({ a: thing(false) });
    expect(result.tasks[0]).toMatchObject({ status: 'changed', changes: ['make it so'] });
    expect(result.outputs).toEqual({ t0: { is: 'so' } });
  });

  it('that only waits has changed nothing when it has waited', async () => {
    const contracts = { a: { ...contractOfA, onlyWaits: true } };
    const { result } = await resultOf({ a: thing(false) }, stepOf(['a']), { contracts });
    expect(result.tasks[0]).toMatchObject({ status: 'unchanged' });
    expect(result.outputs).toEqual({ t0: { is: 'so' } });
  });

  it('on trial is made each time and counts as unchanged; a dry run leaves it out', async () => {
    const contracts = { a: { ...contractOfA, trial: true } };
    const trial = thing(true);
    expect((await resultOf({ a: trial }, stepOf(['a']), { contracts })).result.tasks[0]?.status).toBe('unchanged');
    expect(trial.applied).toBe(1);
    const dry = { ...stepOf(['a']), mode: 'check' as const, attemptId: 'dry' };
    expect((await resultOf({ a: trial }, dry, { contracts })).result.tasks[0]?.status).toBe('unchanged');
    expect(trial.applied).toBe(1);
  });

  it('fails when it is still not so after apply, naming what differs', async () => {
    const stubborn: AnyAction = {
      check: async () => ({ converged: false, changes: ['mode 0600'] }),
      apply: async () => undefined,
    };
    const { result } = await resultOf({ a: stubborn });
    expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'not-converged' } });
    expect(result.failure?.message).toContain('mode 0600');
  });

  it('is as patient as the plan says, and otherwise as usual', async () => {
    const seen: number[] = [];
    const action: AnyAction = {
      ...done,
      async check(_, { patience }) {
        seen.push(patience);
        return { converged: true, outputs: {} };
      },
    };
    await resultOf({ a: action }, stepOf([{ action: 'a', patience: 7 }, 'a']));
    expect(seen).toEqual([7, 1]);
  });

  it('hands what apply gave to the second check', async () => {
    const seen: unknown[] = [];
    const action: AnyAction = {
      async check(_, __, applied) {
        seen.push(applied);
        return seen.length === 1 ? { converged: false, changes: [] } : { converged: true, outputs: {} };
      },
      apply: async () => ({ token: 1 }),
    };
    await resultOf({ a: action });
    expect(seen).toEqual([undefined, { token: 1 }]);
  });

  it.each([
    [
      'an action error',
      new ActionError({ code: 'port', message: 'taken', permanent: true }),
      { code: 'port', permanent: true },
    ],
    [
      'an error for people',
      new VhiveError({ code: 'refused', message: 'no', hint: 'ask' }),
      { code: 'refused', hint: 'ask' },
    ],
    [
      'anything thrown',
      new TypeError('x of undefined'),
      { code: 'internal', task: 'Task 0', message: 'x of undefined' },
    ],
  ])('fails with %s as its failure; the rest is skipped', async (_name, error, failure) => {
    const { result } = await resultOf({ a: broken(error), b: done });
    expect(result).toMatchObject({ outcome: 'failed', failure });
    expect(result.tasks.map((task) => task.status)).toEqual(['failed', 'skipped']);
  });

  it('fails for good when there is no such action, or its params are wrong', async () => {
    const unknown = await resultOf({}, stepOf(['nothing']));
    expect(unknown.result.failure).toMatchObject({ code: 'unknown-action', permanent: true });
    const contracts = {
      a: { description: '', params: z.object({ path: z.string() }), outputs: z.object({}), timeLimitMs: 1_000 },
    };
    const wrong = await resultOf({ a: done }, stepOf([{ action: 'a', params: { path: 1 } }]), { contracts });
    expect(wrong.result.failure).toMatchObject({ code: 'invalid-params', permanent: true });
    expect(wrong.result.failure?.message).toContain('path');
  });
});

describe('check mode', () => {
  it('changes nothing and goes on', async () => {
    const action = thing(false);
    const { result } = await resultOf({ a: action, b: done }, stepOf(['a', 'b'], { mode: 'check' }));
    expect(result.tasks).toMatchObject([{ status: 'would-change', changes: ['make it so'] }, { status: 'unchanged' }]);
    expect(result.outcome).toBe('ok');
    expect(action.applied).toBe(0);
  });

  it('tells of what depends on a step that has not run', async () => {
    const params = { endpoint: { $output: { step: 'control-plane/m', task: 'init', key: 'endpoint' } } };
    const step = stepOf([{ action: 'a', params }], { mode: 'check' });
    const { result } = await resultOf({ a: broken(new Error('asked')) }, step);
    expect(result.tasks).toMatchObject([{ status: 'would-change', changes: ['depends on control-plane/m'] }]);
  });
});

describe('the end of an attempt', () => {
  it('comes with the time limit of a task', async () => {
    const step = stepOf([{ action: 'a', timeLimitMs: 20 }, 'b']);
    const { result } = await resultOf({ a: endless, b: done }, step);
    expect(result).toMatchObject({ outcome: 'timed-out', failure: { code: 'timed-out' } });
    expect(result.tasks.map((task) => task.status)).toEqual(['failed', 'skipped']);
    expect(result.failure?.message).toContain('Task 0');
  });

  it('keeps what the action says stood in the way', async () => {
    const waiting: AnyAction = {
      ...done,
      check: (_, { signal }) =>
        new Promise((_, reject) => {
          const failure = { code: 'timeout', message: 'node w1 is NotReady', lastLines: ['no CNI'] };
          signal.addEventListener('abort', () => reject(new ActionError(failure)));
        }),
    };
    const step = stepOf(['a']);
    for (const task of step.tasks) task.timeLimitMs = 20;
    const { result } = await resultOf({ a: waiting }, step);
    expect(result).toMatchObject({ outcome: 'timed-out', failure: { code: 'timed-out', lastLines: ['no CNI'] } });
    expect(result.failure?.message).toMatch(/took longer than 0\.02 s: node w1 is NotReady$/);
  });

  it('comes with the time limit of the contract, and of the step', async () => {
    const contract = await resultOf({ a: endless }, stepOf(['a']), { contracts: anything(['a'], 20) });
    expect(contract.result.outcome).toBe('timed-out');
    const step = await resultOf({ a: endless }, stepOf(['a'], { timeLimitMs: 20 }));
    expect(step.result.failure?.message).toContain('the step took longer than 0.02 s');
  });

  it('comes with a cancel; the first cause counts', async () => {
    const { executor, journal } = executorOf({ a: endless }, { replyWithinMs: 0 });
    const step = stepOf(['a']);
    expect(await executor.run(step)).toMatchObject({ type: 'accepted', status: 'running' });
    const cancel = (reason: string) => executor.cancel({ type: 'step.cancel', attemptId: step.attemptId, reason });
    expect(cancel('by hand')).toMatchObject({ status: 'running' });
    cancel('again');
    await executor.stop(1_000);
    const [entry] = journal.outbox(10);
    expect(entry?.event.result).toMatchObject({
      outcome: 'cancelled',
      failure: { task: 'Task 0', message: 'cancelled: by hand' },
    });
    expect(cancel('late')).toMatchObject({ status: 'finished' });
    expect(executor.cancel({ type: 'step.cancel', attemptId: 'other', reason: '' })).toMatchObject({
      status: 'unknown',
    });
  });

  it('comes when the agent stops and the grace is over', async () => {
    const { executor, journal } = executorOf({ a: endless }, { replyWithinMs: 0 });
    await executor.run(stepOf(['a']));
    expect(executor.running()).toHaveLength(1);
    await executor.stop(0);
    expect(journal.outbox(10)[0]?.event.result.outcome).toBe('interrupted');
    expect(await executor.run(stepOf(['a']))).toMatchObject({ type: 'refused', passing: true });
  });
});

describe('an attempt', () => {
  it('runs once, however often it is asked for', async () => {
    const action = thing(false);
    const { executor } = executorOf({ a: action }, { replyWithinMs: 5_000 });
    const step = stepOf(['a']);
    const replies = await Promise.all([executor.run(step), executor.run(step)]);
    replies.push(await executor.run(step));
    expect(action.applied).toBe(1);
    for (const reply of replies) expect(reply).toMatchObject({ type: 'finished', result: { outcome: 'ok' } });
  });

  it('that takes longer is answered at once and ends as an event, under its own id', async () => {
    const open = Promise.withResolvers<void>();
    const slow: AnyAction = { ...done, check: () => open.promise.then(() => ({ converged: true, outputs: {} })) };
    const { executor, journal, words } = executorOf({ a: slow }, { replyWithinMs: 1 });
    const step = stepOf(['a']);
    expect(await executor.run(step)).toEqual({ type: 'accepted', attemptId: step.attemptId, status: 'running' });
    expect(await executor.run(step)).toEqual({ type: 'accepted', attemptId: step.attemptId, status: 'running' });
    await expect.poll(() => words.said).toMatchObject([{ status: 'started', index: 0, count: 1 }]);
    open.resolve();
    await executor.stop(5_000);
    expect(journal.outbox(10)).toMatchObject([{ id: step.attemptId, event: { type: 'attempt.finished' } }]);
    expect(words.outboxChanges).toBe(1);
    expect(words.said.at(-1)).toMatchObject({ status: 'unchanged' });
  });

  it('answered with its result leaves nothing in the outbox and says no progress', async () => {
    const { executor, journal, words } = executorOf({ a: done }, { replyWithinMs: 5_000 });
    expect(await executor.run(stepOf(['a']))).toMatchObject({ type: 'finished' });
    expect(journal.outboxSize()).toBe(0);
    expect(words.said).toEqual([]);
  });

  it('is refused when the journal cannot be written', async () => {
    const journal = openJournal(':memory:');
    journal.close();
    const failures: unknown[] = [];
    const { executor } = executorOf(
      { a: done },
      { journal: { ...journal, find: () => undefined }, onJournalFailure: (error) => failures.push(error) },
    );
    expect(await executor.run(stepOf(['a']))).toMatchObject({ type: 'refused' });
    expect(failures).toHaveLength(1);
  });

  it('whose result is too long for a message still tells how it ended', async () => {
    const long: AnyAction = {
      ...done,
      check: async () => ({ converged: true, outputs: { text: 'x'.repeat(2 * 1024 * 1024) } }),
    };
    const { result } = await resultOf({ a: long });
    expect(result).toMatchObject({ outcome: 'failed', outputs: {}, failure: { permanent: true } });
  });
});

describe('what an attempt says', () => {
  const secret = 'correct-horse-battery';
  const talkative: AnyAction = {
    ...done,
    async check(_, context) {
      context.redact(secret);
      await context.host.run(
        ['sh', '-c', `printf 'the secret is correct-'; sleep 0.05; printf 'horse-battery\\n'; echo two >&2`],
        context.streamed,
      );
      context.log(`agent knows ${secret}`);
      throw new ActionError({ code: 'x', message: `because of ${secret}` });
    },
  };

  it('holds no secret, even one that a command prints in two parts', async () => {
    const { result, words } = await resultOf({ a: talkative });
    await expect.poll(() => words.lines().length).toBeGreaterThanOrEqual(3);
    const all = JSON.stringify([result, words.batches, words.said]);
    expect(all).not.toContain(secret);
    expect(words.lines()).toEqual(expect.arrayContaining(['the secret is ***', 'agent knows ***', 'two']));
    expect(result.failure?.lastLines).toEqual(expect.arrayContaining(['the secret is ***', 'two']));
  });

  it('holds no content that its params call secret', async () => {
    const echo: AnyAction = {
      ...done,
      check: async (params) => ({ converged: false, changes: [JSON.stringify(params)] }),
    };
    const params = { state: 'present', content: 'hunter2-hunter2', secret: true };
    const { result } = await resultOf({ a: echo }, stepOf([{ action: 'a', params }], { mode: 'check' }));
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

it('an executor tells when nothing is under way any more', async () => {
  let idle = 0;
  const { executor } = executorOf({ a: done }, { replyWithinMs: 5_000, onIdle: () => idle++ });
  await Promise.all([executor.run(stepOf(['a'])), executor.run(stepOf(['a']))]);
  await executor.stop(1_000);
  expect(idle).toBe(1);
});

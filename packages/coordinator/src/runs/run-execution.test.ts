import {
  type AttemptSummary,
  type Command,
  type CommandReply,
  type Plan,
  type RunEvent,
  type RunEventOf,
  type RunStep,
  type Step,
  VhiveError,
} from '@vhive/shared';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RunExecution, type RunPorts } from './run-execution.ts';

const step = (id: string, needs: string[] = []): Step => ({
  id,
  phase: id.split('/')[0] ?? '',
  executor: id.split('/')[1] ?? '',
  node: id.split('/')[1] ?? '',
  title: id,
  needs,
  after: [],
  tasks: [{ id: 'nothing', title: 'nothing', action: 'no-op', params: {} }],
  policy: { timeLimitMs: 60_000, retries: 0, backoffMs: 0, onFailure: 'fail-node' },
});
const plan: Plan = {
  phases: [
    { name: 'a', title: 'A' },
    { name: 'b', title: 'B' },
  ],
  controlPlane: 'n1',
  nodes: ['n1', 'n2'],
  steps: [step('a/n1'), step('a/n2'), step('b/n1', ['a/n1', 'a/n2']), step('b/n2', ['a/n2'])],
};
const created: RunEventOf<'run.created'> = {
  ...{ type: 'run.created', at: new Date().toISOString(), runId: 'run-test', plan, mode: 'apply' },
  ...{ inputHash: 'hash', giveUpAfterMs: 60_000 },
};

/** The answer of an agent that does everything at once. */
function done({ attemptId, runId, stepId, tasks: asked }: RunStep): AttemptSummary {
  const at = new Date().toISOString();
  const tasks = asked.map(({ id, action }) => ({ id, action, status: 'changed' as const, durationMs: 1 }));
  return { attemptId, runId, stepId, outcome: 'ok', tasks, outputs: {}, startedAt: at, finishedAt: at };
}

/** A run over a list of events, whose `finished` resolves when `run.finished` is stored. */
function bench(stored: RunEvent[], answer: (command: RunStep) => Promise<CommandReply>) {
  const finished = Promise.withResolvers<void>();
  const broken = Promise.withResolvers<unknown>();
  const sent: { attemptId: string; stepId: string; wasStored: boolean }[] = [];
  const ports: RunPorts = {
    async append(_runId, events) {
      stored.push(...events);
      // The run takes over the new state only after this write has succeeded, so the promise resolves one turn later.
      if (events.some((event) => event.type === 'run.finished')) setImmediate(finished.resolve);
    },
    sendCommand(_node: string, command: Command) {
      if (command.type !== 'step.run') throw new Error(`not expected: ${command.type}`);
      const { attemptId, stepId } = command;
      const wasStored = stored.some((event) => event.type === 'attempt.dispatched' && event.attemptId === attemptId);
      sent.push({ attemptId, stepId, wasStored });
      return answer(command);
    },
    runLocally: async (command) => done(command),
    log: pino({ level: 'silent' }),
    onBroken: broken.resolve,
  };
  return { ports, sent, finished: finished.promise, broken: broken.promise };
}

const atOnce = async (command: RunStep): Promise<CommandReply> => ({
  type: 'finished',
  attemptId: command.attemptId,
  result: done(command),
});

test('every dispatch is stored before its command is sent, and the run ends ready', async () => {
  const stored: RunEvent[] = [];
  const { ports, sent, finished } = bench(stored, atOnce);
  const run = await RunExecution.begin(created, ports);
  await finished;
  expect(run.view().status).toBe('ready');
  expect(run.position).toBe(stored.length);
  expect(sent.map(({ stepId }) => stepId).sort()).toEqual(['a/n1', 'a/n2', 'b/n1', 'b/n2']);
  expect(sent.every(({ wasStored }) => wasStored)).toBe(true);
});

test('killed after any stored event, it goes on without doing a finished step again', async () => {
  const whole: RunEvent[] = [];
  const first = bench(whole, atOnce);
  await RunExecution.begin(created, first.ports);
  await first.finished;
  for (let count = 1; count < whole.length; count += 1) {
    const stored = whole.slice(0, count);
    const finishedBefore = stored.flatMap((event) => (event.type === 'attempt.finished' ? event.result.stepId : []));
    const { ports, sent, finished } = bench(stored, atOnce);
    const run = RunExecution.replay([...stored], ports);
    run?.resume();
    await finished;
    expect(run?.view().status, `after ${count} events`).toBe('ready');
    expect(sent.filter(({ stepId }) => finishedBefore.includes(stepId))).toEqual([]);
  }
});

test('a result that comes as an event is stored once, however often it comes', async () => {
  const stored: RunEvent[] = [];
  const commands: RunStep[] = [];
  const asked = Promise.withResolvers<void>();
  const { ports, finished } = bench(stored, async (command) => {
    commands.push(command);
    if (commands.length === 2) asked.resolve();
    return { type: 'accepted', attemptId: command.attemptId, status: 'running' };
  });
  const run = await RunExecution.begin(created, ports);
  await asked.promise;
  const deliver = (command: RunStep) =>
    run.deliver({ type: 'attempt.finished', at: new Date().toISOString(), result: done(command), jitter: 0 });
  for (let index = 0; index < plan.steps.length; index += 1) {
    while (commands[index] === undefined) await new Promise(setImmediate);
    const command = commands[index];
    if (command) await Promise.all([deliver(command), deliver(command), deliver(command)]);
  }
  await finished;
  expect(stored.filter((event) => event.type === 'attempt.finished')).toHaveLength(plan.steps.length);
});

test('when the event store refuses, nothing is sent and the coordinator is told', async () => {
  const refusal = new Error('another leader');
  const { ports, sent, broken } = bench([], atOnce);
  await expect(RunExecution.begin(created, { ...ports, append: () => Promise.reject(refusal) })).rejects.toBe(refusal);
  expect(await broken).toBe(refusal);
  expect(sent).toEqual([]);
});

test('an agent that refuses fails the step for good', async () => {
  const { ports, finished } = bench([], async () => ({ type: 'refused', message: 'unknown action' }));
  const run = await RunExecution.begin(created, ports);
  await finished;
  expect(run.view().status).toBe('failed');
  expect(run.view().steps[0]?.failure?.message).toContain('unknown action');
});

test('a reply cannot finish the step of another node', async () => {
  const stored: RunEvent[] = [];
  const forged: string[] = [];
  const { ports, finished } = bench(stored, async (command) => {
    if (command.stepId !== 'a/n2') return await atOnce(command);
    forged.push(command.attemptId);
    const other = { stepId: 'b/n1', attemptId: 'run-test.b_n1.1' };
    return { type: 'finished', attemptId: command.attemptId, result: { ...done(command), ...other } };
  });
  const run = await RunExecution.begin(created, ports);
  await finished;
  expect(forged).toHaveLength(1);
  const results = stored.flatMap((event) => (event.type === 'attempt.finished' ? [event.result] : []));
  expect(results.find(({ stepId }) => stepId === 'b/n1')).toBeUndefined();
  expect(results.find(({ stepId }) => stepId === 'a/n2')).toMatchObject({
    outcome: 'failed',
    failure: { code: 'invalid-result' },
  });
  expect(run.view().status).toBe('failed');
});

test('a report counts for an attempt that is under way on that node, and for nothing else', async () => {
  const stored: RunEvent[] = [];
  const commands: RunStep[] = [];
  const asked = Promise.withResolvers<void>();
  const { ports } = bench(stored, async (command) => {
    commands.push(command);
    if (commands.length === 2) asked.resolve();
    return { type: 'accepted', attemptId: command.attemptId, status: 'running' };
  });
  const run = await RunExecution.begin(created, ports);
  await asked.promise;
  const [command] = commands.filter(({ stepId }) => stepId === 'a/n1');
  if (!command) throw new Error('a/n1 was not sent');
  const result = done(command);
  expect(await run.report('n2', result)).toBe('foreign');
  expect(await run.report('n1', { ...result, runId: 'run-other' })).toBe('foreign');
  expect(await run.report('n1', { ...result, attemptId: 'run-test.a_n1.2' })).toBe('foreign');
  expect(await run.report('n1', { ...result, attemptId: 'run-test.a_n1.0' })).toBe('foreign');
  expect(await run.report('n1', { ...result, stepId: 'b/n1' })).toBe('foreign');
  expect(await run.report('n1', { ...result, stepId: 'c/n1' })).toBe('foreign');
  expect(stored.some((event) => event.type === 'attempt.finished')).toBe(false);
  expect(await run.report('n1', result)).toBe('stored');
  expect(await run.report('n1', result)).toBe('stale');
  expect(stored.filter((event) => event.type === 'attempt.finished')).toHaveLength(1);
  expect(run.standingOf('n1', { ...result, phase: 'a' })).toBe('past');
  expect(run.standingOf('n1', { ...result, phase: 'b' })).toBe('foreign');
  expect(run.standingOf('n2', { stepId: 'a/n2', attemptId: 'run-test.a_n2.1' })).toBe('live');
});

test('an event that cannot be taken in is put aside, and those that came with it are stored', async () => {
  const stored: RunEvent[] = [];
  const commands: RunStep[] = [];
  const { ports } = bench(stored, async (command) => {
    commands.push(command);
    return { type: 'accepted', attemptId: command.attemptId, status: 'running' };
  });
  const run = await RunExecution.begin(created, ports);
  while (commands.length < 2) await new Promise(setImmediate);
  const [first, second] = commands.map(done);
  if (!first || !second) throw new Error('nothing was sent');
  const poison = {
    ...first,
    get outcome(): 'ok' {
      throw new RangeError('too deep');
    },
  };
  const event = (result: AttemptSummary): RunEvent => ({ type: 'attempt.finished', at: created.at, result, jitter: 0 });
  await Promise.all([run.deliver(event(poison)), run.deliver(event(second))]);
  const of = () => stored.flatMap((each) => (each.type === 'attempt.finished' ? each.result.stepId : []));
  expect(of()).toEqual([second.stepId]);
  await run.deliver(event(first));
  expect(of()).toEqual([second.stepId, first.stepId]);
});

test('a step whose command cannot be sent at all fails, and says why', async () => {
  const { ports, finished } = bench([], async () => {
    throw new VhiveError({ code: 'usage', message: 'step a/n1 for n1 has 2000000 bytes' });
  });
  const run = await RunExecution.begin(created, ports);
  await finished;
  expect(run.view().steps[0]?.failure?.message).toContain('2000000 bytes');
});

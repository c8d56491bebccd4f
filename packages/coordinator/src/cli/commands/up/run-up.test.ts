import { EventEmitter, on } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apply, attemptIdOf, initialState } from '@vhive/core/scheduler/index';
import type {
  ApplicantView,
  AttemptSummary,
  NodeView,
  Plan,
  RunEvent,
  RunEventOf,
  RunRequest,
  StreamMessage,
} from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../client/api-server.fixture.ts';
import type { CliHooks } from '../../hooks.ts';
import { nodeOf } from '../../render/run-view.fixture.ts';
import { cli } from '../../run-cli.fixture.ts';

const runId = 'run-20260301t100000-abc123';
const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 10, 0, second)).toISOString();
const stepId = (phase: string, node: string) => `${phase}/${node}`;

function planOf(phase: string): Plan {
  const steps = ['master', 'worker'].map((node) => {
    const tasks = [{ id: 'files', title: 'Some files', action: 'no-op', params: {} }];
    const ids = { id: stepId(phase, node), phase, executor: node, node, title: phase };
    const onFailure = phase === 'preflight' ? ('fail-run' as const) : ('fail-node' as const);
    const policy = { timeLimitMs: 60_000, retries: 0, backoffMs: 0, onFailure };
    return { ...ids, needs: [], after: [], tasks, policy };
  });
  return { phases: [{ name: phase, title: phase }], controlPlane: 'master', nodes: ['master', 'worker'], steps };
}

function dispatched(phase: string, node: string): RunEvent {
  const ids = { stepId: stepId(phase, node), attemptId: attemptIdOf(runId, stepId(phase, node), 1) };
  return { type: 'attempt.dispatched', at: at(1), ...ids, number: 1 };
}

function finished(phase: string, node: string, fields: Partial<AttemptSummary> = {}): RunEvent {
  const ids = { runId, stepId: stepId(phase, node), attemptId: attemptIdOf(runId, stepId(phase, node), 1) };
  const tasks = [{ id: 'files', action: 'no-op', status: 'changed' as const, durationMs: 1200, changes: ['/etc/x'] }];
  const result = { ...ids, outcome: 'ok' as const, tasks, outputs: {}, startedAt: at(1), finishedAt: at(3), ...fields };
  return { type: 'attempt.finished', at: at(3), result, jitter: 0 };
}

const failure = { code: 'step-failed', message: 'the disk is full', hint: 'make room' };

/** Completes a history in the way of a real run: the scheduler itself says when and how the run ends. */
function concluded(history: RunEvent[]): RunEvent[] {
  let state = initialState();
  for (const event of history) {
    const applied = apply(state, event);
    state = applied.state;
    const finish = applied.effects.find((effect) => effect.type === 'finish');
    if (finish) return [...history, { type: 'run.finished', at: at(40), outcome: finish.outcome }];
  }
  throw new Error('this history is not that of a run that has ended');
}

/** The events with which a run begins: it is created as given, and both steps are dispatched. */
function begun(phase: string, fields: Partial<RunEventOf<'run.created'>> = {}): RunEvent[] {
  const base = { runId, plan: planOf(phase), mode: 'apply', inputHash: 'x', giveUpAfterMs: 60_000 } as const;
  return [
    { type: 'run.created', at: at(0), ...base, ...fields },
    dispatched(phase, 'master'),
    dispatched(phase, 'worker'),
  ];
}

let server: ApiServer;
let events: RunEvent[];
let nodes: NodeView[];
let applicants: ApplicantView[];
let streams: number;
let asked: RunRequest[];
const changes = new EventEmitter();

/**
 * After so many messages the stream breaks off, once. The stream has the nodes as they change, and the events of the
 * run.
 */
let breakAfter: number | undefined;
async function* stream(
  { run }: { run?: string | undefined },
  { signal }: { signal: AbortSignal },
): AsyncGenerator<StreamMessage> {
  streams += 1;
  yield { type: 'nodes', time: at(0), nodes, applicants };
  if (run === undefined) {
    for await (const _ of on(changes, 'nodes', { signal })) yield { type: 'nodes', time: at(0), nodes };
  }
  for (const [index, event] of events.entries()) {
    if (index === breakAfter) {
      breakAfter = undefined;
      throw new Error('the coordinator was killed');
    }
    yield { type: 'event', time: at(0), runId, sequence: index + 1, event };
  }
  yield { type: 'caught-up', time: at(0), runId };
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

const hooks: Partial<CliHooks> = { ensureLocalAgent: async () => true };
const up = (...words: string[]) =>
  cli(['up', '--nodes', '2', '--cluster', 'test', '--state-dir', server.stateDir, ...words], hooks);

beforeEach(async () => {
  breakAfter = undefined;
  streams = 0;
  asked = [];
  applicants = [];
  events = concluded([...begun('system'), finished('system', 'master'), finished('system', 'worker')]);
  nodes = [nodeOf('master', { local: true }), nodeOf('worker', { address: '10.0.0.2' })];
  server = await startApiServer({
    nodes: () => nodes,
    stream,
    startRun: async (request) => {
      asked.push(request);
      return { runId, resumed: false };
    },
  });
  await mkdir(server.stateDir, { recursive: true });
  const running = { url: server.endpoint.url, pid: process.pid, startedAt: at(0) };
  await writeFile(join(server.stateDir, 'coordinator.json'), JSON.stringify(running));
});
afterEach(() => server.stop());

describe('up', () => {
  it('ends ready with exit code 0: a line per event, then the report', async () => {
    const { exitCode, stdout } = await up('--timeout', '10m', '--skip', 'network');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\d\d:\d\d:\d\dZ \+\d+s run run-20260301t100000-abc123: 2 nodes, master master, begun 2026-03-01T10:00:00Z\n/,
    );
    expect(stdout).toContain('worker system done in 2 s: 1 changed, 0 unchanged');
    // The plan goes no further, so nobody may call the cluster ready.
    expect(stdout).toContain('the run has ended: done as far as system\n');
    expect(stdout).toMatch(/\nDone as far as system: 2 of 2 nodes in /);
    expect(stdout).not.toMatch(/ready/i);
    expect(asked[0]).toMatchObject({
      nodes: ['master', 'worker'],
      mode: 'apply',
      skip: ['network'],
      config: { controlPlane: 'master' },
    });
    expect(asked[0]).toMatchObject({ timeoutSeconds: 600, spentSeconds: expect.any(Number) });
  });

  it('--output json: every line parses, the last is the result with nodes and phases', async () => {
    const run = await up('--output', 'json');
    const lines = run.lines();
    expect(new Set(lines.map(({ type }) => type))).toEqual(new Set(['nodes', 'plan', 'step', 'task', 'result']));
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      outcome: 'done',
      exitCode: 0,
      runId,
      nodes: [
        { name: 'master', outcome: 'done', phases: [{ phase: 'system', status: 'done', changed: 1, unchanged: 0 }] },
        { name: 'worker', outcome: 'done' },
      ],
      phases: [{ phase: 'system', seconds: 2 }],
    });
    expect(run.stderr).toContain('Done as far as system: 2 of 2 nodes');
  });

  it('a run that failed: exit code 4, the cause, hint and next commands, which name the state directory', async () => {
    const broken = finished('system', 'worker', { outcome: 'failed', failure, tasks: [] });
    events = concluded([...begun('system'), finished('system', 'master'), broken]);
    const { exitCode, stdout } = await up();
    expect(exitCode).toBe(4);
    expect(stdout).toContain('the run has ended: failed');
    const where = `--state-dir ${server.stateDir}`;
    expect(stdout).toContain(
      `✖ worker, phase system: the disk is full\n  hint:  make room\n  logs:  vhive-coord logs --node worker --phase system ${where}`,
    );
    expect(stdout).toContain(`vhive-coord retry --node worker ${where}`);
  });

  it('a run that was refused: exit code 3, the cause and hint once, and no retry', async () => {
    const broken = finished('preflight', 'worker', { outcome: 'failed', failure, tasks: [] });
    events = concluded([...begun('preflight'), finished('preflight', 'master'), broken]);
    const { exitCode, stdout } = await up();
    expect(exitCode).toBe(3);
    expect(stdout).toContain('worker preflight refuses\n');
    expect(stdout).toContain('✖ worker, phase preflight: the disk is full\n  hint:  make room\n');
    expect(stdout.match(/the disk is full/g)).toHaveLength(1);
    expect(stdout).not.toContain('retry');
  });

  it.each([
    ['timed-out', 5, begun('system', { timeoutMs: 20_000 }), { type: 'time.passed', at: at(21) }],
    ['cancelled', 130, begun('system'), { type: 'run.cancelled', at: at(21), reason: 'by the operator' }],
  ] as const)('a run that was %s: exit code %d', async (outcome, code, beginning, stop) => {
    const cancelled = (node: string) => finished('system', node, { outcome: 'cancelled', tasks: [] });
    events = concluded([...beginning, stop, cancelled('master'), cancelled('worker')]);
    const { lines, exitCode } = await up('--output', 'json');
    expect(exitCode).toBe(code);
    expect(lines().at(-1)).toMatchObject({ type: 'result', outcome, exitCode: code });
  });

  it('follows across a lost coordinator, telling nothing twice', async () => {
    breakAfter = 4;
    const { exitCode, stdout } = await up();
    expect(exitCode).toBe(0);
    expect(streams).toBe(2);
    expect(stdout).toContain('lost the coordinator, trying again');
    expect(stdout.match(/master system started/g)).toHaveLength(1);
    expect(stdout.match(/master system done/g)).toHaveLength(1);
  });

  it('waits for nodes, saying what to type, and begins when they have come', async () => {
    const [master, worker] = nodes;
    nodes = master ? [master] : [];
    const done = up('--output', 'json');
    await expect.poll(() => changes.listenerCount('nodes')).toBe(1);
    nodes = master && worker ? [master, { ...worker, status: 'pending' }] : [];
    changes.emit('nodes');
    nodes = master && worker ? [master, worker] : [];
    changes.emit('nodes');
    const lines = (await done).lines();
    expect(lines[0]).toMatchObject({ type: 'waiting', expected: 2, reachable: ['master'] });
    expect(lines[0]).toMatchObject({
      command: expect.stringMatching(/^vhive-agent install --coordinator 10\.0\.0\.1:\d+$/),
    });
    expect(lines.at(-1)).toMatchObject({ outcome: 'done' });
  });

  it('gives up waiting with exit code 5, naming who came', async () => {
    nodes = nodes.slice(0, 1);
    const { exitCode, stderr } = await up('--wait-nodes', '1s');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('only 1 of 2 nodes were reachable after 1 s (master)');
    expect(stderr).toContain('vhive-agent install --coordinator 10.0.0.1');
    expect(asked).toEqual([]);
  });

  it('names who asked, was refused and is missed, and what to do', async () => {
    nodes = nodes.slice(0, 1);
    applicants = [
      {
        ...{ node: 'worker', key: 'fedcba9876543210', address: '10.0.0.9', hostname: 'worker', askedAt: at(0) },
        ...{ approvable: true, message: 'the name belongs to a node with another key', hint: 'free the name' },
      },
    ];
    const { exitCode, stderr } = await up('--wait-nodes', '1s');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('refused: worker at 10.0.0.9');
    expect(stderr).toContain('vhive-coord nodes approve worker:fedcba9876543210');
  });

  it('asks nothing of a coordinator of another cluster', async () => {
    const { exitCode, stderr } = await up('--cluster', 'other');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is that of cluster "test", but "other" is asked for');
  });

  it.each([
    [['--sandbox', 'gvisor', '--stargz'], 2, 'gVisor'],
    [['--until', 'nowhere'], 2, '--until nowhere'],
    [['--config', '/nonexistent/vhive.yaml'], 2, '/nonexistent/vhive.yaml'],
  ])('refuses %j before anything is asked of anybody', async (words, code, what) => {
    const { exitCode, stderr } = await up(...words);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(what);
    expect(streams + asked.length).toBe(0);
  });
});

import { attemptIdOf } from '@vhive/core/scheduler/index';
import type { AttemptSummary, Finding, Plan, RunEvent } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { at } from '../render/run-view.fixture.ts';
import { EventTeller } from './event-teller.ts';
import { FollowedRun } from './followed-run.ts';

const names = ['n1', 'n2', 'n3'];
const policy = { timeLimitMs: 60_000, retries: 1, backoffMs: 10_000, onFailure: 'fail-node' as const };
const stepFor = (phase: string, node: string) => ({
  ...{ id: `${phase}/${node}`, phase, node, executor: node, title: phase, needs: [], after: [], policy },
  tasks: [{ id: 't', title: 'containerd.service runs', action: 'x', params: {} }],
});
const planOf = (...phases: string[]): Plan => ({
  phases: phases.map((name) => ({ name, title: name })),
  controlPlane: 'n1',
  nodes: names,
  steps: phases.flatMap((phase) => names.map((node) => stepFor(phase, node))),
});

/** A run whose events are told one by one. */
class Told {
  readonly #run = new FollowedRun();
  readonly #teller = new EventTeller();
  #sequence = 0;
  #attempts = new Map<string, number>();

  constructor(plan: Plan, { giveUpAfterMs = 300_000 } = {}) {
    this.tell({ type: 'run.created', at: at(0), runId: 'r', plan, mode: 'apply', inputHash: '', giveUpAfterMs });
    for (const { id } of plan.steps) this.dispatch(id);
  }

  tell(event: RunEvent): string[] {
    const taken = this.#run.accept({ type: 'event', time: at(0), runId: 'r', sequence: ++this.#sequence, event });
    return taken === undefined ? [] : this.#teller.tell(taken, this.#run).map(({ text }) => text);
  }

  dispatch(stepId: string): string[] {
    const number = (this.#attempts.get(stepId) ?? 0) + 1;
    this.#attempts.set(stepId, number);
    return this.tell({
      type: 'attempt.dispatched',
      at: at(1),
      stepId,
      attemptId: attemptIdOf('r', stepId, number),
      number,
    });
  }

  finish(stepId: string, fields: Partial<AttemptSummary>): string[] {
    const attemptId = attemptIdOf('r', stepId, this.#attempts.get(stepId) ?? 0);
    const times = { startedAt: at(1), finishedAt: at(3) };
    const result = {
      attemptId,
      runId: 'r',
      stepId,
      outcome: 'ok' as const,
      tasks: [],
      outputs: {},
      ...times,
      ...fields,
    };
    return this.tell({ type: 'attempt.finished', at: at(3), jitter: 0, result });
  }
}

const swap = (gib: string): Finding => ({
  ...{ check: 'swap', level: 'warning', hint: 'swapoff -a' },
  message: `${gib} GiB of swap is in use`,
});
const found = (...findings: Finding[]) => ({ outputs: { host: { findings } } });

describe('warnings', () => {
  it('are told once when all nodes have looked, with the nodes that they are about', () => {
    const run = new Told(planOf('preflight'));
    const noise = { ...swap('0'), message: 'the disk turns' };
    expect(run.finish('preflight/n1', found(swap('2.0')))).toEqual([
      'n1 preflight done in 2 s: 0 changed, 0 unchanged',
    ]);
    expect(run.finish('preflight/n2', found(swap('4.1'), noise))).toHaveLength(1);
    expect(run.finish('preflight/n3', found(swap('2.0'))).slice(1)).toEqual([
      'n1, n2, n3: 2.0 GiB of swap is in use (swapoff -a)',
      'n2: the disk turns (swapoff -a)',
    ]);
  });

  it('are told at the end of a run that ends before all have looked', () => {
    const run = new Told(planOf('preflight'));
    run.finish('preflight/n1', found(swap('2.0')));
    const lines = run.tell({ type: 'run.finished', at: at(9), outcome: 'cancelled' });
    expect(lines.join()).toContain('n1: 2.0 GiB of swap is in use');
  });
});

describe('failures', () => {
  const failure = { code: 'step-failed', message: 'exit status 1 on n1', hint: 'journalctl', permanent: true };
  const fails = (node: string) => ({
    outcome: 'failed' as const,
    failure: { ...failure, message: `exit status 1 on ${node}` },
  });

  it('say a cause once, and of the next nodes that it is the same', () => {
    const run = new Told(planOf('runtime'));
    expect(run.finish('runtime/n1', fails('n1'))).toEqual([
      'n1 runtime failed after 2 s: exit status 1 on n1',
      'hint: journalctl',
    ]);
    expect(run.finish('runtime/n2', fails('n2'))).toEqual(['n2 runtime failed after 2 s, for the same reason']);
    const other = { outcome: 'failed' as const, failure: { ...failure, message: 'disk full' } };
    expect(run.finish('runtime/n3', other)[0]).toBe('n3 runtime failed after 2 s: disk full');
  });

  it('that are tried again say when, and how often still', () => {
    const run = new Told(planOf('runtime'));
    const lines = run.finish('runtime/n1', { outcome: 'failed', failure: { code: 'x', message: 'boom' } });
    expect(lines[1]).toMatch(/^n1 runtime is tried again at 10:00:\d\dZ \(attempts left: 1\)$/);
  });

  it('of preflight leave the reason to the report, which comes at once', () => {
    const run = new Told(planOf('preflight'));
    expect(run.finish('preflight/n1', fails('n1'))).toEqual(['n1 preflight refuses']);
  });

  it('do not count what was only stopped because of them', () => {
    const run = new Told(planOf('runtime'));
    run.tell({ type: 'run.cancelled', at: at(2), reason: 'by hand' });
    expect(run.finish('runtime/n1', { outcome: 'cancelled' })).toEqual([]);
  });
});

it('a node that is given up is told when it happens', () => {
  const run = new Told(planOf('runtime'), { giveUpAfterMs: 20_000 });
  run.tell({ type: 'node.unreachable', at: at(5), node: 'n2', lastSeen: at(4) });
  const lines = run.tell({ type: 'time.passed', at: at(40) });
  expect(lines[0]).toMatch(/^n2 is unreachable since 2026-03-01T10:00:04.000Z and was given up after \d+ s$/);
  expect(lines[1]).toMatch(/^hint: look at the agent on n2/);
});

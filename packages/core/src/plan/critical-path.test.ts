import type { RunView, Step } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPlan } from './build-plan.ts';
import { criticalPath, estimator, recordedSeconds, renderCriticalPath } from './critical-path.ts';
import { exampleInput } from './example-input.fixture.ts';

const kubernetesOnly = {
  sandbox: 'stock-only',
  knative: { enabled: false },
  loadBalancer: { enabled: false },
  registry: { local: false },
} as const;

/** Makes a step that needs others. */
const step = (id: string, needs: string[] = []): Step => ({
  ...{ id, phase: 'system', executor: 'n1', node: 'n1', title: id, needs, after: [], tasks: [] },
  policy: { timeLimitMs: 1, retries: 0, backoffMs: 0, onFailure: 'fail-node' },
});
const planOf = (steps: Step[]) => ({ phases: [], controlPlane: 'n1', nodes: ['n1'], steps });
const taking = (seconds: Record<string, number>) => (one: Step) => ({
  seconds: seconds[one.id] ?? 0,
  source: 'assumed' as const,
});

describe('the critical path', () => {
  it('is the longest chain, not the one with most steps', () => {
    const plan = planOf([step('a'), step('b', ['a']), step('c', ['b']), step('d'), step('e', ['c', 'd'])]);
    const path = criticalPath(plan, taking({ a: 1, b: 1, c: 1, d: 10, e: 2 }));
    expect(path).toMatchObject({
      seconds: 12,
      steps: [
        { id: 'd', startSeconds: 0 },
        { id: 'e', startSeconds: 10 },
      ],
    });
  });

  it('is as long as no step can end later, whatever the plan', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ seconds: fc.integer({ min: 0, max: 100 }), needs: fc.array(fc.nat(30)) }), {
          maxLength: 30,
        }),
        (shapes) => {
          const steps = shapes.map(({ needs }, index) =>
            step(
              `s${index}`,
              needs.filter((other) => other < index).map((other) => `s${other}`),
            ),
          );
          const seconds = Object.fromEntries(shapes.map((shape, index) => [`s${index}`, shape.seconds]));
          const path = criticalPath(planOf(steps), taking(seconds));
          // The times of the steps of the path add up to its length, and every step ends by then.
          expect(path.steps.reduce((sum, one) => sum + one.seconds, 0)).toBe(path.seconds);
          const end = (id: string): number => {
            const one = steps.find((candidate) => candidate.id === id);
            return (seconds[id] ?? 0) + Math.max(0, ...(one?.needs ?? []).map(end));
          };
          if (steps.length < 12) expect(Math.max(0, ...steps.map(({ id }) => end(id)))).toBe(path.seconds);
        },
      ),
    );
  });

  it('of a cluster goes by way of the master to the last worker', () => {
    const plan = buildPlan(exampleInput(3, kubernetesOnly));
    const path = criticalPath(plan, estimator(new Map()));
    const ids = path.steps.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['system/n1', 'control-plane/n1']));
    expect(ids.some((id) => id.startsWith('join/'))).toBe(true);
    expect(renderCriticalPath(path)).toMatch(/^critical path: \d+m\d\ds \(assumed times\)\n/);
  });
});

describe('recorded times', () => {
  const view = (seconds: number, status: 'changed' | 'unchanged'): RunView => {
    const steps = ['n1', 'n2'].map((node, index) => ({
      ...{ id: `system/${node}`, phase: 'system', node, executor: node, title: 'system', status: 'done' as const },
      ...{ attempts: 1, tasks: [{ id: 't', action: 'file', status, durationMs: 1 }] },
      startedAt: '2026-03-01T10:00:00.000Z',
      finishedAt: new Date(Date.parse('2026-03-01T10:00:00.000Z') + (seconds - index) * 1000).toISOString(),
    }));
    const run = { runId: 'run-aaaa', mode: 'apply', status: 'ready', createdAt: '2026-03-01T10:00:00.000Z' } as const;
    return { ...run, controlPlane: 'n1', phases: [], nodes: [], steps };
  };

  it('are the slowest node’s in the newest run that changed something', () => {
    expect(recordedSeconds([view(1, 'unchanged'), view(42, 'changed'), view(99, 'changed')])).toEqual(
      new Map([['system', 42]]),
    );
  });

  it('are those of the attempt that did it, without earlier ones and the hours between', () => {
    const run = view(7200, 'changed');
    const spans = [
      { startedAt: '2026-03-01T10:00:00.000Z', finishedAt: '2026-03-01T10:00:30.000Z' },
      { startedAt: '2026-03-01T11:59:55.000Z', finishedAt: '2026-03-01T12:00:00.000Z' },
    ];
    const steps = run.steps.map((one) => ({ ...one, spans }));
    expect(recordedSeconds([{ ...run, steps }])).toEqual(new Map([['system', 5]]));
  });

  it('take the place of assumed ones, and are marked', () => {
    const plan = buildPlan(exampleInput(1, kubernetesOnly));
    const path = criticalPath(plan, estimator(new Map([['system', 77]])));
    expect(path.steps.find(({ id }) => id === 'system/n1')).toMatchObject({ seconds: 77, source: 'recorded' });
    expect(renderCriticalPath(path)).toMatch(/where marked \*\)[\s\S]* 77 s\* system\/n1/);
  });
});

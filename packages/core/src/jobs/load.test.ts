import { actions, type LoadJob, loadJob, type NodeView, outputRefsIn } from '@vhive/shared';
import { expect, it } from 'vitest';
import { planLoad } from './load.ts';

const job: LoadJob = {
  kind: 'load',
  nodes: ['node3', 'node2'],
  ...{ endpoints: ['f.example.org'], gateway: '10.0.0.9', port: 80, protocol: 'greeter' },
  ...{ connections: 'reuse', path: '/', timeoutMs: 30_000 },
  sending: { from: 'rate', arrivals: 'poisson', rps: 100, timeMs: 60_000, warmUpMs: 5_000, seed: 7 },
};
const planOf = (changes: Partial<LoadJob> = {}) =>
  planLoad(loadJob.parse({ ...job, ...changes }), { controlPlane: { name: 'node1' } as NodeView });

it('all nodes look, then the coordinator says when, then all send and publish; nothing is tried again', () => {
  const { plan, title } = planOf();
  expect(title).toBe('load from node3, node2');
  expect(plan.steps.map(({ id, executor, needs }) => [id, executor, needs])).toEqual([
    ['load-prepare/node3', 'node3', []],
    ['load-prepare/node2', 'node2', []],
    ['load-begin/start', '@coordinator', ['load-prepare/node3', 'load-prepare/node2']],
    ['load-send/node3', 'node3', ['load-begin/start']],
    ['load-send/node2', 'node2', ['load-begin/start']],
  ]);
  expect(new Set(plan.steps.map(({ policy }) => `${policy.retries} ${policy.onFailure}`))).toEqual(
    new Set(['0 cancel-run']),
  );
});

it('each generator sends its share, with all that the request says, for as long as it takes', () => {
  const sends = planOf().plan.steps.slice(3);
  expect(sends.map(({ tasks }) => tasks[0]?.params.share)).toEqual([
    { generator: 0, generators: 2 },
    { generator: 1, generators: 2 },
  ]);
  const [send, publish, remove] = sends[1]?.tasks ?? [];
  const { kind: _, nodes: __, ...said } = job;
  expect(send?.params).toMatchObject(said);
  expect(send?.timeLimitMs).toBe(65_000 + 30_000 + 120_000);
  expect(sends[1]?.policy.timeLimitMs).toBeGreaterThan(send?.timeLimitMs ?? 0);
  expect(publish?.params.path).toEqual(send?.params.results);
  expect(remove?.params).toEqual({ state: 'absent', path: send?.params.results });
});

it('its params fit the actions once the moment of the beginning is known', () => {
  for (const { tasks } of planOf().plan.steps)
    for (const { action, params } of tasks) {
      const from = new Set(outputRefsIn(params).map(({ $output }) => $output.step.split('/')[0]));
      expect([...from].every((step) => ['load-begin', 'load-prepare'].includes(step ?? ''))).toBe(true);
      const known = JSON.parse(
        JSON.stringify(params, (_key, value) =>
          value?.$output === undefined ? value : (value.$output.within?.replace('{value}', '1000') ?? 1000),
        ),
      );
      expect(actions[action as keyof typeof actions].params.safeParse(known).error).toBeUndefined();
    }
});

it('room is asked for by the calls of a share', () => {
  const bytes = (changes: Partial<LoadJob>) => planOf(changes).plan.steps[0]?.tasks[0]?.params.bytes;
  expect(bytes({})).toBe(((65 * 100) / 2) * 150);
  const shots = { from: 'shots', shots: 'aaaa', count: 9, durationMs: 5, warmUpMs: 0 } as const;
  expect(bytes({ sending: shots, nodes: ['a', 'b', 'c'] })).toBe(3 * 150);
});

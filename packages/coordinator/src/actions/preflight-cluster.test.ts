import { expect, test } from 'vitest';
import { preflightCluster } from './preflight-cluster.ts';

const node = (number: number, changes: object = {}) => ({
  name: `node-${number}`,
  hostname: `node-${number}`,
  address: `10.0.0.${number}`,
  machineId: `id-${number}`,
  ...changes,
});
const params = (...nodes: ReturnType<typeof node>[]) => ({ nodes, maxClockSkewMs: 2000, findings: [] });

test('three good nodes', () => {
  const clocks = [1, 2, 3].map((number) => ({ name: `node-${number}`, clockOffsetMs: number * 100 }));
  expect(preflightCluster(params(node(1), node(2), node(3)), clocks).findings).toEqual([]);
});

test.each([
  ['hostname', { hostname: 'node-1' }],
  ['address', { address: '10.0.0.1' }],
  ['machineId', { machineId: 'id-1' }],
])('the same %s twice is an error that names both', (field, changes) => {
  const { findings } = preflightCluster(params(node(1), node(2, changes), node(3)), []);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ check: `unique ${field}`, level: 'error' });
  expect(findings[0]?.message).toContain('node-1 and node-2');
});

test('clocks that disagree are an error that names the two extremes; unknown ones and strangers do not count', () => {
  const { findings } = preflightCluster(params(node(1), node(2), node(3)), [
    { name: 'node-1', clockOffsetMs: -1500 },
    { name: 'node-2', clockOffsetMs: 900 },
    { name: 'node-3', clockOffsetMs: null },
    { name: 'stranger', clockOffsetMs: 1e9 },
  ]);
  expect(findings).toHaveLength(1);
  expect(findings[0]?.message).toContain('the clock of node-2 is 2400 ms ahead of that of node-1');
});

test('what the configuration gave rise to is passed on', () => {
  const finding = { check: 'load balancer pool', level: 'warning' as const, message: 'it lies nowhere' };
  expect(preflightCluster({ ...params(node(1)), findings: [finding] }, []).findings).toEqual([finding]);
});

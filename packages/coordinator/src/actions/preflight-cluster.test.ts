import { expect, test } from 'vitest';
import { preflightCluster } from './preflight-cluster.ts';

const node = (number: number, changes: object = {}) => ({
  name: `node-${number}`,
  hostname: `node-${number}`,
  address: `10.0.0.${number}`,
  machineId: `id-${number}`,
  ...changes,
});
const params = (...nodes: ReturnType<typeof node>[]) => ({
  nodes,
  memberships: [],
  maxClockSkewMs: 2000,
  findings: [],
});

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

const membership = (number: number, changes: object = {}) => ({
  node: `node-${number}`,
  joined: true,
  caCertHashes: ['sha256:ours'],
  server: '10.0.0.1:6443',
  ...changes,
});
const findings = (...memberships: ReturnType<typeof membership>[]) =>
  preflightCluster({ ...params(node(1), node(2)), memberships }, []).findings;

test('members of this cluster, new nodes and what was not found out pass', () => {
  expect(findings(membership(1), membership(2))).toEqual([]);
  expect(findings(membership(1), membership(2, { joined: false, caCertHashes: [], server: null }))).toEqual([]);
  expect(findings(membership(1), { ...membership(2), caCertHashes: null as never })).toEqual([]);
  // An API server with a name may be anywhere.
  expect(findings(membership(1, { server: 'k8s.example.org:6443' }), membership(2))).toEqual([]);
});

test.each([
  ['of another cluster', membership(1), { caCertHashes: ['sha256:theirs'], server: '10.9.9.9:6443' }, 'sha256:theirs'],
  ['whose files disagree', membership(1), { caCertHashes: ['sha256:ours', 'sha256:theirs'] }, 'sha256:theirs'],
  [
    'of a cluster that is gone from the control plane',
    membership(1, { joined: false, caCertHashes: [], server: null }),
    {},
    'there is none on node-1 yet',
  ],
])('a worker %s is refused before it is changed, by its CA', (_what, master, changes, text) => {
  expect(findings(master, membership(2, changes))[0]).toMatchObject({
    check: 'cluster identity',
    level: 'error',
    message: expect.stringContaining(text),
    hint: expect.stringContaining('node-2'),
  });
});

test('a living cluster at another address than the chosen one is an error on every node that is in it', () => {
  const there = { server: '10.50.0.1:6443' };
  expect(findings(membership(1, there), membership(2, there)).map(({ check }) => check)).toEqual([
    'cluster address',
    'cluster address',
  ]);
});

import { expect, it } from 'vitest';
import { requireNode } from '../functions/node-labels.ts';
import { controlPlaneByLabels, functionSelectors } from './placement.ts';
import { readExperiment } from './read-experiment.ts';
import { clusterKey } from './trials.ts';

const settingsOf = (content: object) => {
  const text = JSON.stringify({ name: 'x', functions: [{ name: 'helloworld' }], ...content });
  const [point] = readExperiment({ path: 'x.yaml', text }).points;
  if (point === undefined) throw new Error('no point');
  return point.settings;
};

it('labels for functions become their selectors, of which their own win', () => {
  const settings = settingsOf({
    functions: [{ name: 'a' }, { name: 'b', nodeSelector: { role: 'other', disk: 'ssd' } }, { name: 'c' }],
    placement: { functions: { role: 'worker' } },
  });
  expect(settings.functions.map(({ nodeSelector }) => nodeSelector)).toEqual([
    { role: 'worker' },
    { role: 'other', disk: 'ssd' },
    { role: 'worker' },
  ]);
  expect(functionSelectors(settings)).toEqual([
    { field: 'placement.functions', labels: { role: 'worker' } },
    { field: 'functions.1.nodeSelector', labels: { role: 'other', disk: 'ssd' } },
  ]);
  // It is for whoever set up the cluster to allow it.
  expect(settings.cluster).toBeUndefined();
});

it('a cluster that an experiment brings up allows it, and has its control plane where it is to be', () => {
  const placement = { functions: { role: 'worker' }, controlPlane: 'n1' };
  expect(settingsOf({ cluster: { sandbox: 'gvisor' }, placement }).cluster).toEqual({
    sandbox: 'gvisor',
    controlPlane: 'n1',
    knative: { config: { features: { 'kubernetes.podspec-nodeselector': 'enabled' } } },
  });
  const own = { knative: { config: { features: { 'kubernetes.podspec-nodeselector': 'disabled' } } } };
  expect(settingsOf({ cluster: own, placement: { functions: { a: 'b' } } }).cluster).toEqual(own);
  expect(settingsOf({ clusterFile: 'vhive.yaml' }).cluster).toEqual({});
  const labelled = (role: string) => settingsOf({ clusterFile: 'vhive.yaml', placement: { controlPlane: { role } } });
  expect(clusterKey(labelled('a'))).not.toBe(clusterKey(labelled('b')));
});

it('the control plane by the labels of a cluster file', () => {
  const nodeLabels = { '*': { site: 'x' }, n1: { role: 'master' }, n2: { role: 'worker' }, n3: { role: 'worker' } };
  expect(controlPlaneByLabels({ role: 'master', site: 'x' }, nodeLabels)).toBe('n1');
  expect(() => controlPlaneByLabels({ role: 'worker' }, nodeLabels)).toThrow(
    /more than one node \(n2, n3\) role=worker/,
  );
  expect(() => controlPlaneByLabels({ role: 'none' }, nodeLabels)).toThrow(
    /gives no node role=none\. It names n1 \(site=x, role=master\)/,
  );
  expect(() => controlPlaneByLabels({ role: 'none' }, {})).toThrow('It names none');
});

it('a label that no node has is refused with the nodes and theirs', () => {
  const nodes = new Map([
    ['n1', { role: 'master', 'node-role.kubernetes.io/control-plane': '', 'beta.kubernetes.io/os': 'linux' }],
    ['n2', {}],
  ]);
  requireNode('placement.functions', { role: 'master' }, nodes);
  expect(() => requireNode('placement.functions', { role: 'worker' }, nodes)).toThrow(
    'placement.functions: no node has role=worker. The nodes are n1 (role=master, node-role.kubernetes.io/control-plane), n2 (no labels)',
  );
});

it.each([
  [{ placement: { load: [] } }, /placement\.load/],
  [{ placement: { functions: {} } }, /placement\.functions: must name a label/],
  [{ placement: { function: { a: 'b' } } }, /placement\.function: there is no such key/],
  [{ tearDown: 'cluster' }, /tearDown: the cluster cannot be taken down yet/],
])('%j is refused', (content, message) => {
  expect(() => settingsOf(content)).toThrow(message);
});

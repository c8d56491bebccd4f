import { expect, it } from 'vitest';
import { type Deployment, deploymentOf, type Source } from './deployment.ts';
import { readManifest } from './manifest-file.ts';

const service = (name: string, more = '') => `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: ${name}${more} }
spec: { template: { spec: { containers: [{ image: example.org/x, ports: [{ name: h2c, containerPort: 50051 }] }] } } }
`;
const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: { name: default }\n';
const trigger = 'apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: { name: t, namespace: own }\n';
const space = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: chained }\n';

const source = (text: string, more: Partial<Source> = {}): Source => ({
  objects: readManifest({ path: 'f.yaml', text }),
  namespace: 'here',
  namespaceIsSaid: false,
  functions: { type: 'named' },
  settings: {},
  ...more,
});
const titles = ({ before, functions, after }: Deployment) => ({
  before: before.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`),
  functions: functions.map(({ service: { metadata } }) => `${metadata.namespace}/${metadata.name}`),
  after: after.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
});

it('puts what functions need before them, and what calls them after them', () => {
  const text = [trigger, service('a'), broker, service('b', ', namespace: own'), space].join('---\n');
  expect(titles(deploymentOf([source(text)]))).toEqual({
    before: ['Namespace /chained', 'Broker here/default'],
    functions: ['here/a', 'own/b'],
    after: ['Trigger own/t'],
  });
});

it('numbers copies, which are named after the entry of functions.json', () => {
  const copies = deploymentOf([source(service('x'), { functions: { type: 'copies', count: 3, as: 'aes' } })]);
  expect(titles(copies).functions).toEqual(['here/aes-0', 'here/aes-1', 'here/aes-2']);
  expect(copies.functions.every(({ endpoint }) => endpoint?.eventing === false)).toBe(true);
});

it('a workflow has one endpoint, which begins it', () => {
  const workflow = (name: string) => ({ type: 'workflow' as const, name, where: 'functions.json:3' });
  const text = [service('consumer'), service('chain')].join('---\n');
  const { functions } = deploymentOf([source(text, { functions: workflow('chain') })]);
  expect(functions.map(({ endpoint }) => endpoint)).toEqual([undefined, { eventing: true }]);
  expect(() => deploymentOf([source(text, { functions: workflow('other') })])).toThrow(
    /^functions\.json:3: which function of consumer, chain takes/,
  );
});

it.each([
  [
    'the same function twice',
    [source(service('a')), source(service('a'))],
    /^f\.yaml:1: the function here\/a is there twice/,
  ],
  [
    'another namespace than was asked for',
    [source(service('a', ', namespace: own'), { namespaceIsSaid: true })],
    /is in namespace own, and --namespace says here/,
  ],
  ['no function at all', [source(broker)], /^f\.yaml:1: there is no function in it/],
])('%s is refused', (_what, sources, message) => {
  expect(() => deploymentOf(sources)).toThrow(message);
});

it.each([
  ['', /^f\.yaml: it has no object in it$/],
  ['a: [1\nb: 2', /^f\.yaml:\d: it cannot be read/],
  ['a: 1\na: 2', /^f\.yaml:2: .*there twice/],
  ['just text', /^f\.yaml:1: it is no object of Kubernetes/],
  ['kind: Service\nmetadata: { name: x }', /^f\.yaml:1: .*apiVersion/],
  [`${broker}---\n${service('Bad_Name')}`, /^f\.yaml:\d+: "Bad_Name" is no name for a function/],
  [
    'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: x }\n',
    /^f\.yaml:1: the function x has no container$/,
  ],
])('the manifest %j is refused with its line', (text, message) => {
  expect(() => readManifest({ path: 'f.yaml', text })).toThrow(message);
});

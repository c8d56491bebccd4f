import { expect, test } from 'vitest';
import { inRanks } from './apply/apply-order.ts';
import { isSame } from './apply/comparison.ts';
import { withPortProtocols } from './apply/port-protocols.ts';
import { parseManifest } from './manifest.ts';

const object = (kind: string, rest = '') => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: n}\n${rest}`;

test('many documents, empty ones, lists; file modes are octal as Kubernetes reads them', () => {
  const objects = parseManifest(
    `---\n# nothing\n---\n${object('Secret', 'mode: 0644\nquoted: "0644"\nempty: ""\n')}---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n`,
    'm.yaml',
  );
  expect(objects.map(({ kind }) => kind)).toEqual(['Secret', 'Pod']);
  expect(objects[0]).toMatchObject({ mode: 0o644, quoted: '0644', empty: '' });
});

test('what is not an object is refused with the number of its document', () => {
  expect(() => parseManifest(`${object('Pod')}---\nkind: Pod\n`, 'm.yaml')).toThrow('document 2 of m.yaml');
  expect(() => parseManifest('apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n', 'm.yaml')).toThrow(
    'document 1 of m.yaml has generateName instead of a name',
  );
  expect(() => parseManifest('a: [', 'm.yaml')).toThrow('m.yaml is not YAML (document 1)');
});

test('what others need comes first, webhooks last, all else in the order of the file', () => {
  const kinds = [
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
    ['serving.knative.dev/v1', 'Service'],
    ['apps/v1', 'Deployment'],
    ['v1', 'Service'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['batch/v1', 'Job'],
    ['v1', 'Namespace'],
  ] as const;
  const objects = kinds.map(([apiVersion, kind]) => ({ apiVersion, kind, metadata: { name: 'n' } }));
  expect(inRanks(objects).map(({ objects: members }) => members.map(({ kind }) => kind))).toEqual([
    ['Namespace'],
    ['CustomResourceDefinition'],
    ['Service', 'ClusterRole'],
    ['Deployment', 'Job'],
    ['Service'],
    ['ValidatingWebhookConfiguration'],
  ]);
});

test('two states are the same when only the books of the server differ', () => {
  const live = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'n', resourceVersion: '1', managedFields: [], labels: { a: 'b' } },
    status: { phase: 'Running' },
  };
  expect(isSame(live, { ...live, metadata: { name: 'n', resourceVersion: '2', labels: { a: 'b' } }, status: {} })).toBe(
    true,
  );
  expect(isSame(live, { ...live, metadata: { name: 'n', labels: { a: 'c' } } })).toBe(false);
});

test('port protocols are written out for services and containers only', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { ports: [{ port: 1 }, { port: 2, protocol: 'UDP' }] },
  };
  expect(withPortProtocols(service)).toMatchObject({
    spec: {
      ports: [
        { port: 1, protocol: 'TCP' },
        { port: 2, protocol: 'UDP' },
      ],
    },
  });
  const pod = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { template: { spec: { containers: [{ name: 'c', ports: [{ containerPort: 1 }] }] }, ports: [{ a: 1 }] } },
  };
  expect(withPortProtocols(pod)).toMatchObject({
    spec: {
      template: { spec: { containers: [{ ports: [{ containerPort: 1, protocol: 'TCP' }] }] }, ports: [{ a: 1 }] },
    },
  });
  const foreign = { apiVersion: 'x/v1', kind: 'Y', metadata: { name: 'y' }, spec: { containers: [{ ports: [{}] }] } };
  expect(withPortProtocols(foreign)).toEqual(foreign);
});

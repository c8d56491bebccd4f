import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedKubernetes } from './kubernetes.ts';

let directory: string;
let api: SimulatedKubernetes;
/** The same cluster as another agent sees it. */
let other: SimulatedKubernetes;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-cluster-'));
  api = new SimulatedKubernetes(directory);
  other = new SimulatedKubernetes(directory);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const object = (apiVersion: string, kind: string, name: string, rest: object = {}) =>
  ({ apiVersion, kind, metadata: { namespace: 'ns', name }, ...rest }) as KubernetesObject;
const apply = (...args: Parameters<typeof object>) => api.apply(object(...args), { dryRun: false });
const get = (apiVersion: string, kind: string, name: string) => other.get({ apiVersion, kind, namespace: 'ns', name });
const conditions = (...types: string[]) => types.map((type) => expect.objectContaining({ type, status: 'True' }));

it('workloads have all their pods at once', async () => {
  await apply('apps/v1', 'Deployment', 'web', { spec: { replicas: 3 } });
  await apply('apps/v1', 'StatefulSet', 'db');
  await apply('apps/v1', 'DaemonSet', 'each');
  await apply('batch/v1', 'Job', 'once');
  for (const name of ['n1', 'n2']) await apply('v1', 'Node', name);
  expect(await get('apps/v1', 'Deployment', 'web')).toMatchObject({
    status: { availableReplicas: 3, conditions: expect.arrayContaining(conditions('Available')) },
  });
  expect(await get('apps/v1', 'StatefulSet', 'db')).toMatchObject({ status: { readyReplicas: 1 } });
  expect(await get('apps/v1', 'DaemonSet', 'each')).toMatchObject({
    status: { desiredNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 2 },
  });
  expect(await get('batch/v1', 'Job', 'once')).toMatchObject({ status: { conditions: conditions('Complete') } });
});

it('a load balancer’s address comes from the pool, whichever is applied first, and whoever waits is told', async () => {
  await apply('v1', 'Service', 'b-gateway', { spec: { type: 'LoadBalancer' } });
  expect(await get('v1', 'Service', 'b-gateway')).toMatchObject({
    spec: { clusterIP: expect.stringMatching(/^10\.96\./) },
    status: { loadBalancer: {} },
  });
  const told = other.waitFor(
    { apiVersion: 'v1', kind: 'Service', namespace: 'ns', name: 'b-gateway' },
    (now) => JSON.stringify(now).includes('10.0.0.254'),
    { signal: AbortSignal.timeout(10_000) },
  );
  await apply('metallb.io/v1beta1', 'IPAddressPool', 'pool', { spec: { addresses: ['10.0.0.254-10.0.1.0'] } });
  await told;
  for (const name of ['c', 'd', 'e']) await apply('v1', 'Service', name, { spec: { type: 'LoadBalancer' } });
  const services = await other.list({ apiVersion: 'v1', kind: 'Service' });
  expect(services.map(({ status }) => (status as { loadBalancer: unknown }).loadBalancer)).toEqual([
    { ingress: [{ ip: '10.0.0.254' }] },
    { ingress: [{ ip: '10.0.0.255' }] },
    { ingress: [{ ip: '10.0.1.0' }] },
    {},
  ]);
});

it('the pool may be a range by its prefix', async () => {
  await apply('metallb.io/v1beta1', 'IPAddressPool', 'pool', { spec: { addresses: ['10.9.8.7/32'] } });
  for (const name of ['a', 'b']) await apply('v1', 'Service', name, { spec: { type: 'LoadBalancer' } });
  expect(await get('v1', 'Service', 'a')).toMatchObject({
    status: { loadBalancer: { ingress: [{ ip: '10.9.8.7' }] } },
  });
  expect(await get('v1', 'Service', 'b')).toMatchObject({ status: { loadBalancer: {} } });
});

it('webhooks get a CA, and their service a ready endpoint', async () => {
  await apply('v1', 'Service', 'hook', { spec: { selector: { app: 'hook' } } });
  const clientConfig = { service: { namespace: 'ns', name: 'hook' } };
  const configuration = ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'hooks'] as const;
  await apply(...configuration, { webhooks: [{ name: 'one', clientConfig }] });
  const live = await get(...configuration);
  expect(live).toMatchObject({
    webhooks: [{ name: 'one', clientConfig: { caBundle: expect.any(String), ...clientConfig } }],
  });
  const again = await api.apply(object(...configuration, { webhooks: [{ name: 'one', clientConfig }] }), {
    dryRun: true,
  });
  expect(again).toEqual(live);
  const slices = await other.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: 'ns' });
  expect(slices).toMatchObject([
    { metadata: { labels: { 'kubernetes.io/service-name': 'hook' } }, endpoints: [{ conditions: { ready: true } }] },
  ]);
  expect(await get('v1', 'Endpoints', 'hook')).toMatchObject({ subsets: [{ addresses: [{}] }] });
  expect(await get('v1', 'Endpoints', 'nobody')).toBeUndefined();
});

it('functions are Ready once Knative runs, with a URL of its domain; a Service of Kubernetes may have the same name', async () => {
  await apply('v1', 'Service', 'hello');
  await apply('serving.knative.dev/v1', 'Service', 'hello');
  expect(await get('serving.knative.dev/v1', 'Service', 'hello')).not.toHaveProperty('status');
  const inServing = { metadata: { namespace: 'knative-serving', name: 'controller' } };
  await apply('apps/v1', 'Deployment', 'controller', inServing);
  const seen = () => get('serving.knative.dev/v1', 'Service', 'hello');
  expect(await seen()).toMatchObject({ status: { url: 'http://hello.ns.svc.cluster.local' } });
  await apply('v1', 'ConfigMap', 'config-domain', {
    metadata: { namespace: 'knative-serving', name: 'config-domain' },
    data: { _example: '', '192.0.2.7.sslip.io': '' },
  });
  expect(await seen()).toMatchObject({
    status: {
      url: 'http://hello.ns.192.0.2.7.sslip.io',
      conditions: expect.arrayContaining(conditions('Ready')),
    },
  });
  expect((await get('v1', 'Service', 'hello'))?.apiVersion).toBe('v1');
});

it('agents that write one object at the same time leave a whole object', async () => {
  const write = (agent: SimulatedKubernetes, number: number) =>
    agent.apply(object('v1', 'ConfigMap', 'shared', { data: { [`key-${number}`]: 'x'.repeat(10_000) } }), {
      dryRun: false,
    });
  await Promise.all(Array.from({ length: 40 }, (_, number) => write(number % 2 === 0 ? api : other, number)));
  const shared = await get('v1', 'ConfigMap', 'shared');
  expect(Object.keys((shared as unknown as { data: object }).data).length).toBeGreaterThan(0);
  expect(await api.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toHaveLength(1);
});

it('what stuck.json lists has no pods that run, and one that says why; it comes up when it is off the list', async () => {
  const spec = { selector: { matchLabels: { app: 'web' } } };
  await apply('apps/v1', 'Deployment', 'web', { spec });
  const file = join(directory, 'stuck.json');
  const message = 'container has runAsNonRoot and image will run as root';
  await writeFile(file, JSON.stringify([{ namespace: 'ns', name: 'web', reason: 'InvalidImageName', message }]));
  const available = { type: 'Available', status: 'False' };
  expect(await get('apps/v1', 'Deployment', 'web')).toMatchObject({
    status: { conditions: [expect.objectContaining(available)] },
  });
  expect(await other.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'ns' })).toMatchObject([
    {
      metadata: { labels: { app: 'web' } },
      status: { containerStatuses: [{ state: { waiting: { reason: 'InvalidImageName', message } } }] },
    },
  ]);
  expect(await other.list({ apiVersion: 'v1', kind: 'Event' })).toMatchObject([{ message: `Error: ${message}` }]);
  const up = other.waitFor(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'web' },
    (now) => JSON.stringify(now).includes('availableReplicas'),
    { signal: AbortSignal.timeout(10_000) },
  );
  await rm(file);
  await up;
  await writeFile(file, '{}');
  await expect(get('apps/v1', 'Deployment', 'web')).rejects.toThrow(`${file} is no list of workloads`);
});

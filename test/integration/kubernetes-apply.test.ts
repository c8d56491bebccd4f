import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { kubernetesApply } from '@vhive/agent/actions/kubernetes/apply/kubernetes-apply';
import { kubernetesLabels } from '@vhive/agent/actions/kubernetes/kubernetes-labels';
import { agentActions, type KubernetesObject } from '@vhive/shared';
import { expect, test, vi } from 'vitest';
import { clusterContext } from '../support/cluster-context.ts';
import { KubernetesServer, type Refusal, type SeenRequest } from '../support/kubernetes-server.ts';

const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(kind === 'Namespace' || kind.endsWith('tion') ? {} : { namespace: 'here' }) },
  ...rest,
});
const params = (given: object) => agentActions['kubernetes.apply'].params.parse(given);
const webhookDown: Refusal = {
  code: 500,
  reason: 'InternalError',
  message:
    'Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://w.here.svc": no endpoints available for service "w"',
};
const stack: KubernetesObject[] = [
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'hook', { webhooks: [] }),
  object('example.org/v1', 'Thing', 'thing'),
  object('apps/v1', 'Deployment', 'server', { spec: { template: { spec: { containers: [{ name: 'main' }] } } } }),
  object('v1', 'ConfigMap', 'settings', { data: { a: '1' } }),
  object('v1', 'ServiceAccount', 'account'),
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'things.example.org', {
    spec: {
      group: 'example.org',
      names: { kind: 'Thing', plural: 'things' },
      scope: 'Namespaced',
      versions: [{ name: 'v1' }],
    },
  }),
  object('v1', 'Namespace', 'here'),
];
/** Returns the kinds in the order in which they were stored. */
const stored = (server: KubernetesServer) =>
  server.requests.flatMap(({ object, query }) => (object && !query.has('dryRun') ? [object.kind] : []));

test('a stack stands after one pass, in order; then there is nothing to do', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const given = params({ objects: stack });
  expect(await kubernetesApply.check(given, context)).toMatchObject({ converged: false });
  server.requests.length = 0;
  expect(await kubernetesApply.apply(given, context)).toEqual({ objects: 7 });
  const order = stored(server);
  expect(order.slice(0, 2)).toEqual(['Namespace', 'CustomResourceDefinition']);
  expect(new Set(order.slice(2, 4))).toEqual(new Set(['ConfigMap', 'ServiceAccount']));
  expect(order.slice(4)).toEqual(['Deployment', 'Thing', 'ValidatingWebhookConfiguration']);
  expect(await kubernetesApply.check(given, context)).toEqual({ converged: true, outputs: { objects: 7 } });
  expect(stored(server)).toHaveLength(7);
});

test('what a controller fills in is made, left alone afterwards, and applied again with another image', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const adapter = (image: string, replicas = 0, value = '') => {
    const containers = [{ name: 'main', image, env: [{ name: 'SETTINGS', value }] }];
    return object('apps/v1', 'Deployment', 'adapter', { spec: { replicas, template: { spec: { containers } } } });
  };
  const [filled, settings] = [adapter('one', 1, 'filled in'), object('v1', 'ConfigMap', 'settings')];
  const leaveAlone = [{ kind: 'Deployment', name: 'adapter', namespace: 'here' }];
  const given = (image: string, rest: object = { leaveAlone }) =>
    params({ objects: [adapter(image), settings], ...rest });
  await kubernetesApply.apply(given('one'), context);
  expect(server.get(filled)?.spec).toMatchObject({ replicas: 0 });
  server.put(filled);
  expect(await kubernetesApply.check(given('one'), context)).toMatchObject({ converged: true });
  // Some other object has changed.
  server.remove(settings);
  await kubernetesApply.apply(given('one'), context);
  expect(server.get(settings)).toBeDefined();
  expect(server.get(filled)?.spec).toEqual(filled.spec);
  const changed = { converged: false, changes: ['Deployment here/adapter: spec is changed'] };
  const elsewhere = { leaveAlone: [{ ...leaveAlone[0], namespace: 'there' }] };
  for (const rest of [{}, elsewhere]) expect(await kubernetesApply.check(given('one', rest), context)).toEqual(changed);
  expect(await kubernetesApply.check(given('two'), context)).toEqual(changed);
  await kubernetesApply.apply(given('two'), context);
  expect(server.get(filled)?.spec).toMatchObject({ template: { spec: { containers: [{ image: 'two' }] } } });
  expect(await kubernetesApply.check(given('two'), context)).toMatchObject({ converged: true });
});

test('objects of a rank go side by side, eight at a time', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const all = Array.from({ length: 20 }, (_, index) => object('v1', 'ConfigMap', `c-${index}`));
  let open = 0;
  let most = 0;
  const full = Promise.withResolvers<void>();
  server.refuse = async () => {
    open += 1;
    most = Math.max(most, open);
    if (open === 8) full.resolve();
    await full.promise;
    open -= 1;
    return undefined;
  };
  await kubernetesApply.apply(params({ objects: all }), context);
  expect(most).toBe(8);
  expect(stored(server)).toHaveLength(20);
});

test('what a webhook holds up waits for it without holding up its pods', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  // The state is that of a set-up which was broken off: the webhook is asked about ConfigMaps, but its deployment does
  // not exist yet.
  let up = false;
  server.refuse = ({ object }) => {
    if (object?.kind === 'Deployment') up = true;
    return object?.kind === 'ConfigMap' && !up ? webhookDown : undefined;
  };
  await kubernetesApply.apply(params({ objects: stack }), context);
  const order = stored(server);
  expect(order.indexOf('Deployment')).toBeLessThan(order.lastIndexOf('ConfigMap'));
  expect(order.filter((kind) => kind === 'ConfigMap')).toHaveLength(2);
  expect(context.logged.filter((line) => line.includes('failed calling webhook'))).toHaveLength(1);
  expect(context.progressed.some((text) => text.startsWith('1 tried again, such as ConfigMap here/settings'))).toBe(
    true,
  );
});

test('a check right after does not doubt what a webhook cannot be asked about', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const given = params({ objects: stack });
  const applied = await kubernetesApply.apply(given, context);
  server.refuse = ({ object, query }) => (object?.kind === 'Thing' && query.has('dryRun') ? webhookDown : undefined);
  expect(await kubernetesApply.check(given, context, applied)).toMatchObject({ converged: true });
});

test('a webhook that only starts is no change: it is asked again, unless there is something to do anyway', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const given = params({ objects: stack });
  await kubernetesApply.apply(given, context);
  let asked = 0;
  server.refuse = ({ object, query }) =>
    object?.kind === 'Thing' && query.has('dryRun') && ++asked < 3 ? webhookDown : undefined;
  const more = params({ objects: [...stack, object('v1', 'ConfigMap', 'more')] });
  expect(await kubernetesApply.check(more, context)).toMatchObject({
    converged: false,
    changes: [
      expect.stringContaining('Thing here/thing: is applied (the API server cannot tell yet'),
      'ConfigMap here/more: is made',
    ],
  });
  expect(asked).toBe(1);
  expect(await kubernetesApply.check(given, context)).toMatchObject({ converged: true });
  expect(asked).toBe(3);
  expect(context.logged.filter((line) => line.endsWith('; asked again'))).toHaveLength(1);
});

test('a controller that writes while we look is not taken for a difference', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const given = params({ objects: stack });
  await kubernetesApply.apply(given, context);
  let annotated = false;
  server.refuse = ({ object, query }) => {
    if (object?.kind !== 'Deployment' || !query.has('dryRun') || annotated) return undefined;
    annotated = true;
    const now = server.get(object);
    if (now) server.put({ ...now, metadata: { ...now.metadata, annotations: { revision: '1' } } });
    return undefined;
  };
  expect(await kubernetesApply.check(given, context)).toMatchObject({ converged: true });
  expect(annotated).toBe(true);
});

test.for<[string, Refusal]>([
  ['busy', { code: 429, reason: 'TooManyRequests', message: 'too many requests' }],
  ['written by another', { code: 409, reason: 'Conflict', message: 'the object has been modified' }],
  ['a slow etcd', { code: 500, message: 'etcdserver: request timed out' }],
  ['not up', { code: 503, message: 'service unavailable' }],
])('tried again: %s', async ([, refusal]) => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  let tries = 0;
  server.refuse = () => (++tries <= 2 ? refusal : undefined);
  await kubernetesApply.apply(params({ objects: [object('v1', 'ConfigMap', 'c')] }), context);
  expect(tries).toBe(3);
});

test.for<[string, Refusal, object]>([
  [
    'an immutable field',
    { code: 422, reason: 'Invalid', message: 'Job.batch "j" is invalid: spec.template: field is immutable' },
    { permanent: true, hint: expect.stringContaining('kubectl delete job j -n here') },
  ],
  [
    'a field that has "timeout" in its name',
    { code: 422, reason: 'Invalid', message: 'spec.timeoutSeconds: Invalid value: -1' },
    { permanent: true },
  ],
  [
    'a webhook that says no',
    { code: 400, reason: 'BadRequest', message: 'admission webhook "w" denied the request: timed out is no mode' },
    { permanent: true },
  ],
  [
    'a field of a newer Kubernetes',
    { code: 500, message: 'failed to create typed patch object: .spec.new: field not declared in schema' },
    { permanent: true, hint: expect.stringContaining('newer Kubernetes') },
  ],
  [
    'a namespace that nobody makes',
    { code: 404, reason: 'NotFound', message: 'namespaces "here" not found' },
    { hint: expect.stringContaining('kubectl get namespaces') },
  ],
])('not tried again: %s', async ([, refusal, failure]) => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  let tries = 0;
  server.refuse = ({ object }) => {
    if (object) tries += 1;
    return object && refusal;
  };
  await expect(
    kubernetesApply.apply(params({ objects: [object('batch/v1', 'Job', 'j')] }), context),
  ).rejects.toMatchObject({ failure: { ...failure, message: expect.stringContaining(refusal.message) } });
  expect(tries).toBe(1);
});

test('a refusal for good ends the tries of the others', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  server.refuse = ({ object }) => {
    if (object?.kind === 'ConfigMap') return webhookDown;
    return object?.kind === 'Deployment' ? { code: 422, message: 'spec.selector: field is immutable' } : undefined;
  };
  await expect(kubernetesApply.apply(params({ objects: stack }), context)).rejects.toThrow('Deployment here/server');
});

test('when the time is up, what stood in the way is told', async () => {
  await using server = await KubernetesServer.start();
  const ended = new AbortController();
  await using context = await clusterContext(server, { signal: ended.signal });
  server.refuse = ({ object }) => (object ? webhookDown : undefined);
  const done = kubernetesApply.apply(params({ objects: [object('v1', 'ConfigMap', 'c')] }), context);
  done.catch(() => undefined);
  await vi.waitFor(() => expect(context.logged).toHaveLength(1));
  ended.abort(new Error('the task took longer than 600 s'));
  await expect(done).rejects.toMatchObject({
    failure: {
      message: `ConfigMap here/c cannot be applied: ${webhookDown.message}`,
      hint: expect.stringContaining('the webhook has no ready pod'),
    },
  });
});

test('a file made by an earlier task: a change while it is missing, a failure to apply; patched and thinned out', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const path = '/var/lib/vhive/made.yaml';
  const given = params({
    file: path,
    objects: [object('v1', 'ConfigMap', 'own')],
    patches: [
      { kind: 'Deployment', name: 'server', addArguments: { main: ['--fast'] } },
      { kind: 'Deployment', name: 'absent', merge: { a: 1 }, optional: true },
    ],
    without: [{ kind: 'Service' }, { kind: 'ConfigMap', name: 'extra' }],
  });
  expect(await kubernetesApply.check(given, context)).toEqual({
    converged: false,
    changes: [`${path}, which an earlier task makes, is applied`],
  });
  await expect(kubernetesApply.apply(given, context)).rejects.toThrow(`${path} does not exist`);
  const local = join(context.root, path);
  await mkdir(dirname(local), { recursive: true });
  await writeFile(
    local,
    [...stack, object('v1', 'ConfigMap', 'extra')].map((each) => `---\n${JSON.stringify(each)}\n`).join(''),
  );
  expect(await kubernetesApply.apply(given, context)).toEqual({ objects: 8 });
  expect(server.get(object('v1', 'ConfigMap', 'own'))).toBeDefined();
  expect(server.get(object('v1', 'ConfigMap', 'extra'))).toBeUndefined();
  expect(server.get(object('apps/v1', 'Deployment', 'server'))).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'main', args: ['--fast'] }] } } },
  });
  const gone = params({ file: path, without: [{ kind: 'Secret', name: 'moved' }] });
  await expect(kubernetesApply.apply(gone, context)).rejects.toThrow('has no Secret moved, which is to be left out');
});

test('labels of a node: never of one that is absent, the others stay, and the owner is our own', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const given = { node: 'w-1', labels: { 'loader-nodetype': 'worker' } };
  expect(await kubernetesLabels.check(given, context)).toMatchObject({ converged: false });
  await expect(kubernetesLabels.apply(given, context)).rejects.toThrow('node w-1 is not in the cluster');
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w-1', labels: { os: 'linux' } } };
  server.put(node);
  expect(await kubernetesLabels.check(given, context)).toEqual({
    converged: false,
    changes: ['node w-1: label loader-nodetype=worker'],
  });
  await kubernetesLabels.apply(given, context);
  expect(await kubernetesLabels.check(given, context)).toEqual({ converged: true, outputs: {} });
  expect(server.get(node)?.metadata.labels).toEqual({ os: 'linux', 'loader-nodetype': 'worker' });
  const patch = server.requests.find((request: SeenRequest) => request.object);
  expect(patch?.query.get('fieldManager')).toBe('vhive-labels');
  expect(patch?.object?.metadata.uid).toBeDefined();
});

test('a label that an earlier run gave and this one does not is taken back', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const owner = (manager: string, ...labels: string[]) => ({
    manager,
    operation: 'Apply',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': { '.': {}, ...Object.fromEntries(labels.map((label) => [`f:${label}`, {}])) } },
    },
  });
  const managedFields = [owner('kubelet', 'os'), owner('vhive-labels', 'a.example/one', 'two')];
  const labels = { os: 'linux', 'a.example/one': '1', two: '2' };
  server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'w-1', labels, managedFields } });
  expect(await kubernetesLabels.check({ node: 'w-1', labels: { two: '2' } }, context)).toEqual({
    converged: false,
    changes: ['node w-1: label a.example/one is taken back'],
  });
  expect(await kubernetesLabels.check({ node: 'w-1', labels: {} }, context)).toMatchObject({
    changes: ['node w-1: label a.example/one is taken back', 'node w-1: label two is taken back'],
  });
  expect(await kubernetesLabels.check({ node: 'w-2', labels: {} }, context)).toMatchObject({ converged: true });
  await kubernetesLabels.apply({ node: 'w-1', labels: {} }, context);
  // The server takes away the fields that their manager no longer names.
  const patch = server.requests.find((request: SeenRequest) => request.object);
  expect(patch?.query.get('fieldManager')).toBe('vhive-labels');
  expect(patch?.object?.metadata.labels).toEqual({});
  const same = { 'a.example/one': '1', two: '2' };
  expect(await kubernetesLabels.check({ node: 'w-1', labels: same }, context)).toMatchObject({ converged: true });
});

test('what was compared and is still the same is not tried again, until either side changes', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const settings = (value: string, rest: object = {}) =>
    object('v1', 'ConfigMap', 'settings', { data: { a: value }, ...rest });
  const given = (value: string) => params({ objects: [settings(value), object('v1', 'ServiceAccount', 'account')] });
  const tried = async (value: string) => {
    server.requests.length = 0;
    const found = await kubernetesApply.check(given(value), context);
    return [found.converged, server.requests.filter(({ query }) => query.has('dryRun')).length];
  };
  await kubernetesApply.apply(given('1'), context);
  expect(await tried('1')).toEqual([true, 2]);
  expect(await tried('1')).toEqual([true, 0]);
  expect(await tried('2'), 'another one is wanted').toEqual([false, 1]);
  server.put(settings('somebody’s'));
  expect(await tried('1'), 'somebody changed it').toEqual([false, 1]);
  server.remove(settings('1'));
  expect(await tried('1'), 'somebody removed it').toEqual([false, 0]);
});

test('of many objects of a kind only those are read that were written since they were compared', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  const settings = (name: string, rest: object = {}) => object('v1', 'ConfigMap', name, { data: { a: '1' }, ...rest });
  const names = ['one', 'two', 'three', 'four'];
  const given = params({
    objects: [...names.map((name) => settings(name)), object('v1', 'ServiceAccount', 'account')],
  });
  const asked = async () => {
    server.requests.length = 0;
    const { converged } = await kubernetesApply.check(given, context);
    const shown = server.requests.map(
      ({ method, path, metadataOnly }) => `${method} ${path.split('/').at(-1)}${metadataOnly ? ' metadata' : ''}`,
    );
    return { converged, shown: shown.sort() };
  };
  await kubernetesApply.apply(given, context);
  expect(await asked()).toMatchObject({ converged: true, shown: { length: 10 } });
  const list = 'GET configmaps metadata';
  expect(await asked(), 'no list for one account').toEqual({ converged: true, shown: ['GET account', list] });
  server.put(settings('two', { status: { seen: true } }));
  expect(await asked()).toEqual({ converged: true, shown: ['GET account', list, 'GET two'] });
  expect(await asked(), 'it was remembered').toEqual({ converged: true, shown: ['GET account', list] });
  server.put(settings('three', { data: { a: 'other' } }));
  expect(await asked()).toMatchObject({ converged: false });
  server.put(settings('three'));
  server.remove(settings('one'));
  expect(await asked()).toMatchObject({ converged: false });
  server.refuse = ({ metadataOnly }) => (metadataOnly ? { code: 403, message: 'lists are refused' } : undefined);
  server.put(settings('one'));
  const reads = names.map((name) => `GET ${name}`);
  const { converged, shown } = await asked();
  expect([converged, shown.filter((line) => reads.includes(line))]).toEqual([true, reads.sort()]);
});

import { kubernetesWait } from '@vhive/agent/actions/kubernetes/wait/kubernetes-wait';
import { agentActions, type KubernetesObject } from '@vhive/shared';
import { expect, test, vi } from 'vitest';
import { clusterContext } from '../support/cluster-context.ts';
import { KubernetesServer } from '../support/kubernetes-server.ts';

const params = (target: object) => agentActions['kubernetes.wait'].params.parse({ for: target });
const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
});
const inNamespace = (namespace: string, given: KubernetesObject, metadata: object = {}): KubernetesObject => ({
  ...given,
  metadata: { ...given.metadata, namespace, ...metadata },
});

/** A wait under way: what people were told, its result, and a way to let its time run out. */
async function waiting(server: KubernetesServer, target: object) {
  const ended = new AbortController();
  const context = await clusterContext(server, {
    signal: AbortSignal.any([ended.signal, AbortSignal.timeout(20_000)]),
  });
  const done = kubernetesWait.apply(params(target), context);
  done.catch(() => undefined);
  return {
    context,
    done,
    told: (text: string) => vi.waitFor(() => expect(context.progressed.join('\n')).toContain(text), { timeout: 5_000 }),
    runOut: () => ended.abort(new Error('the time is up')),
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

test('webhooks: first their certificate authorities, then a pod behind each service', async () => {
  await using server = await KubernetesServer.start();
  const target = { type: 'webhooks-ready', validating: ['v'], mutating: [] };
  await using wait = await waiting(server, target);
  await wait.told('ValidatingWebhookConfiguration v: it does not exist');
  const hooks = (caBundle: string) =>
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'v', {
      webhooks: ['one', 'two'].map((name) => ({
        name,
        clientConfig: { service: { namespace: 'here', name }, ...(name === 'two' ? { caBundle } : { caBundle: 'x' }) },
      })),
    });
  server.put(hooks(''));
  await wait.told('no certificate authority yet: two');
  server.put(hooks('x'));
  await wait.told('Endpoints here/two: its webhook has no ready pod yet');
  const endpoints = (name: string, subset: object) =>
    inNamespace('here', object('v1', 'Endpoints', name, { subsets: [subset] }));
  server.put(endpoints('one', { addresses: [{ ip: '10.0.0.1' }] }));
  server.put(endpoints('two', { notReadyAddresses: [{ ip: '10.0.0.2' }] }));
  expect(await kubernetesWait.check(params(target), wait.context)).toEqual({
    converged: false,
    changes: ['waits: webhooks v: Endpoints here/two: its webhook has no ready pod yet'],
  });
  server.put(endpoints('two', { addresses: [{ ip: '10.0.0.2' }] }));
  expect(await wait.done).toEqual({});
  expect(await kubernetesWait.check(params(target), wait.context)).toEqual({ converged: true, outputs: {} });
});

test('the address of a load balancer, and why there is none', async () => {
  await using server = await KubernetesServer.start();
  const target = { type: 'service-address', namespace: 'istio-system', name: 'gateway' };
  const service = (ingress: object[]) =>
    inNamespace(
      'istio-system',
      object('v1', 'Service', 'gateway', {
        spec: { type: 'LoadBalancer', clusterIP: '10.96.0.9' },
        status: { loadBalancer: { ingress } },
      }),
    );
  server.put(service([]));
  server.put(
    inNamespace(
      'istio-system',
      object('v1', 'Event', 'e', {
        type: 'Warning',
        reason: 'AllocationFailed',
        message: 'Failed to allocate IP: no available IPs',
        involvedObject: { kind: 'Service', name: 'gateway' },
      }),
    ),
  );
  await using late = await waiting(server, target);
  await late.told('the load balancer has given it no IPv4 address yet');
  late.runOut();
  await expect(late.done).rejects.toThrow(
    'Service istio-system/gateway did not get there: the load balancer has given it no IPv4 address yet; Service gateway: AllocationFailed, Failed to allocate IP: no available IPs',
  );
  await using wait = await waiting(server, target);
  await wait.told('no IPv4 address yet');
  server.put(service([{ ip: 'fd00::1' }]));
  server.put(service([{ ip: 'fd00::1' }, { ip: '10.200.3.4' }]));
  expect(await wait.done).toEqual({ address: '10.200.3.4' });
  await using inside = await waiting(server, { ...target, type: 'service-cluster-ip' });
  expect(await inside.done).toEqual({ address: '10.96.0.9' });
});

test('a condition of any object; a job that has failed is not waited for', async () => {
  await using server = await KubernetesServer.start();
  const job = (type: string) =>
    inNamespace(
      'here',
      object('batch/v1', 'Job', 'j', {
        status: { conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has failed' }] },
      }),
    );
  const target = {
    type: 'condition',
    apiVersion: 'batch/v1',
    kind: 'Job',
    namespace: 'here',
    name: 'j',
    condition: 'Complete',
  };
  await using wait = await waiting(server, target);
  await wait.told('it does not exist');
  server.put(job('Suspended'));
  await wait.told('it says nothing about Complete yet');
  server.put(job('Complete'));
  expect(await wait.done).toEqual({});
  server.put(job('Failed'));
  await using vain = await waiting(server, target);
  await expect(vain.done).rejects.toMatchObject({
    failure: {
      permanent: true,
      message: 'Job here/j will not get there: the job has failed, BackoffLimitExceeded, Job has failed',
    },
  });
});

test('a webhook without a pod says what is wrong with its pod', async () => {
  await using server = await KubernetesServer.start();
  server.put(
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'v', {
      webhooks: [{ name: 'one', clientConfig: { service: { namespace: 'here', name: 'one' }, caBundle: 'x' } }],
    }),
  );
  server.put(inNamespace('here', object('v1', 'Service', 'one', { spec: { selector: { app: 'hook' } } })));
  const waits = { state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } };
  server.put(
    pod(
      'here',
      'hook-1',
      { phase: 'Pending', containerStatuses: [{ name: 'main', ...waits }] },
      { labels: { app: 'hook' } },
    ),
  );
  await using wait = await waiting(server, { type: 'webhooks-ready', validating: ['v'] });
  await wait.told('no ready pod yet');
  wait.runOut();
  await expect(wait.done).rejects.toThrow('pod here/hook-1 (on w-1): main: ErrImagePull, not found');
});

/** A pod with one container. */
function pod(namespace: string, name: string, status: object, metadata: object = {}): KubernetesObject {
  const spec = { nodeName: 'w-1', containers: [{ name: 'main' }] };
  return inNamespace(namespace, object('v1', 'Pod', name, { spec, status }), metadata);
}
const running = (ready: boolean) => ({ phase: 'Running', containerStatuses: [{ name: 'main', ready }] });
const ownedBy = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });

test('pods of all namespaces settle: what runs, what completed, what others made good', async () => {
  await using server = await KubernetesServer.start();
  const failedOne = pod('b', 'try-1', { phase: 'Failed' }, ownedBy('Job', 'try'));
  const job = inNamespace('b', object('batch/v1', 'Job', 'try'));
  for (const each of [
    pod('a', 'fine', running(true)),
    pod('a', 'done', { phase: 'Succeeded' }),
    pod('a', 'leaving', { phase: 'Pending' }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    pod('a', 'evicted', { phase: 'Failed', reason: 'Evicted' }, ownedBy('ReplicaSet', 'r')),
    pod('a', 'starting', running(false)),
    failedOne,
    job,
  ])
    server.put(each);
  await using wait = await waiting(server, { type: 'pods-settled' });
  await wait.told('2 of 6 pods are not settled: a/starting, b/try-1');
  server.put(pod('a', 'starting', running(true)));
  await wait.told('1 of 6 pods are not settled: b/try-1');
  server.put(pod('c', 'late', { phase: 'Pending' }));
  await wait.told('2 of 7 pods are not settled: b/try-1, c/late');
  server.put({ ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } });
  await wait.told('1 of 7 pods are not settled: c/late');
  server.remove(pod('c', 'late', {}));
  expect(await wait.done).toEqual({});
  // All further news came by watches, so each collection was listed only once.
  const lists = server.requests.filter(({ path, query }) => /\/(pods|jobs|nodes)$/.test(path) && !query.has('watch'));
  expect(lists).toHaveLength(3);
  await vi.waitFor(() => expect(server.watching).toBe(0));
});

test('pods on a node that is not Ready do not count: one lost worker does not hold the cluster up', async () => {
  await using server = await KubernetesServer.start();
  const node = (status: string) =>
    server.put(object('v1', 'Node', 'w-1', { status: { conditions: [{ type: 'Ready', status }] } }));
  node('True');
  server.put(pod('a', 'of-a-daemonset', { phase: 'Pending' }, ownedBy('DaemonSet', 'd')));
  await using wait = await waiting(server, { type: 'pods-settled' });
  await wait.told('1 of 1 pods are not settled: a/of-a-daemonset');
  node('False');
  expect(await wait.done).toEqual({});
  const settled = params({ type: 'pods-settled' });
  expect(await kubernetesWait.check(settled, wait.context)).toEqual({ converged: true, outputs: {} });
  node('True');
  expect(await kubernetesWait.check(settled, wait.context)).toMatchObject({ converged: false });
});

test('pods that do not settle say why: image, exit, probe, no node', async () => {
  await using server = await KubernetesServer.start();
  const state = (name: string, more: object) => ({ phase: 'Pending', containerStatuses: [{ name, ...more }] });
  server.put(
    pod(
      'a',
      'image',
      state('main', { state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling "x:1"' } } }),
    ),
  );
  server.put(
    pod('a', 'crash', {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'main',
          ready: false,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
          lastState: { terminated: { exitCode: 2, reason: 'Error' } },
        },
      ],
    }),
  );
  server.put(pod('b', 'probe', running(false)));
  const pulls = [
    ['Failed to pull image "x:1": toomanyrequests: 429 Too Many Requests', '1'],
    ['Error: ImagePullBackOff', '2'],
  ] as const;
  for (const [message, second] of pulls)
    server.put(
      inNamespace(
        'a',
        object('v1', 'Event', `pull-${second}`, {
          ...{ type: 'Warning', reason: 'Failed', message, lastTimestamp: `2026-01-01T00:00:0${second}Z` },
          involvedObject: { kind: 'Pod', name: 'image' },
        }),
      ),
    );
  const unscheduled = {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu.' }],
  };
  server.put(
    inNamespace('b', object('v1', 'Pod', 'big', { spec: { containers: [{ name: 'main' }] }, status: unscheduled })),
  );
  server.put(
    inNamespace(
      'b',
      object('v1', 'Event', 'e', {
        type: 'Warning',
        reason: 'Unhealthy',
        message: 'Readiness probe failed: connection refused',
        involvedObject: { kind: 'Pod', name: 'probe' },
      }),
    ),
  );
  await using wait = await waiting(server, { type: 'pods-settled' });
  await wait.told('4 of 4 pods are not settled');
  wait.runOut();
  await expect(wait.done).rejects.toMatchObject({
    failure: {
      code: 'timeout',
      lastLines: [
        '4 of 4 pods are not settled: a/image, a/crash, b/probe, b/big',
        'pod a/image (on w-1): main: ImagePullBackOff, Back-off pulling "x:1"; last event: Failed, Failed to pull image "x:1": toomanyrequests: 429 Too Many Requests',
        'pod a/crash (on w-1): main: CrashLoopBackOff, back-off 40s, before ended with exit status 2 (Error)',
        'pod b/probe (on w-1): not ready: main; last event: Unhealthy, Readiness probe failed: connection refused',
        'pod b/big (not scheduled): Pending, 0/3 nodes are available: 3 Insufficient cpu.',
      ],
    },
  });
});

test('pods that do not settle because their Job has failed for good: nobody waits for them', async () => {
  await using server = await KubernetesServer.start();
  const failed = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has failed' };
  server.put(inNamespace('b', object('batch/v1', 'Job', 'try', { status: { conditions: [failed] } })));
  server.put(pod('b', 'try-1', { phase: 'Failed' }, ownedBy('Job', 'try')));
  await using wait = await waiting(server, { type: 'pods-settled' });
  await expect(wait.done).rejects.toMatchObject({
    failure: {
      permanent: true,
      message:
        'pods of all namespaces will not get there by waiting: Job b/try: the job has failed, BackoffLimitExceeded, Job has failed',
      hint: 'kubectl -n b describe job try',
    },
  });
});

test('what was reached is not doubted a moment later', async () => {
  await using server = await KubernetesServer.start();
  server.put(pod('a', 'fine', running(true)));
  await using wait = await waiting(server, { type: 'pods-settled' });
  const applied = await wait.done;
  server.put(pod('a', 'fine', running(false)));
  const settled = params({ type: 'pods-settled' });
  expect(await kubernetesWait.check(settled, wait.context, applied)).toEqual({ converged: true, outputs: {} });
  expect(await kubernetesWait.check(settled, wait.context)).toMatchObject({ converged: false });
});

test('a deployment: pods of an earlier version that are still there do not count', async () => {
  await using server = await KubernetesServer.start();
  const target = { type: 'deployment-available', namespace: 'here', name: 'd' };
  const conditions = [{ type: 'Available', status: 'True' }];
  const deployment = (status: object, spec: object = { replicas: 1 }) =>
    server.put(
      inNamespace('here', object('apps/v1', 'Deployment', 'd', { spec, status: { conditions, ...status } }), {
        generation: 2,
      }),
    );
  // The new specification was accepted, but no controller has acted on it yet.
  deployment({ observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
  await using wait = await waiting(server, target);
  await wait.told('1 of 1 pods available');
  // The new pod fails beside the old one.
  deployment({ observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 1 });
  await wait.told('1 of 1 pods available; 1 as last written');
  // Where no surge is allowed, the old pod goes first.
  deployment({ observedGeneration: 2, replicas: 1, availableReplicas: 1 });
  await wait.told('1 of 1 pods available; 0 as last written');
  expect(await kubernetesWait.check(params(target), wait.context)).toMatchObject({ converged: false });
  deployment({ observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
  expect(await wait.done).toEqual({});
  // The deployment was scaled to zero on purpose.
  deployment({ observedGeneration: 2 }, { replicas: 0 });
  expect(await kubernetesWait.check(params(target), wait.context)).toMatchObject({ converged: true });
});

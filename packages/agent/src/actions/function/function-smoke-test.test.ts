import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { sayHello } from '@vhive/base/grpc/greeter';
import { complaintsOf } from '@vhive/base/kubernetes/obstacles/function-obstacles';
import { referenceTo } from '@vhive/base/kubernetes/reference';
import { agentActions, type KubernetesObject } from '@vhive/shared';
import { afterEach, expect, it } from 'vitest';
import type { Host } from '../../host/host.ts';
import { startGateway } from '../../simulated/gateway.ts';
import { SimulatedKubernetes } from '../../simulated/kubernetes.ts';
import { ActionError } from '../kit/action.ts';
import { type TestContext, testContext } from '../kit/context.fixture.ts';
import { functionSmokeTest } from './function-smoke-test.ts';

const GATEWAY = '192.0.2.240';
const HOST = 'smoke-test.default.functions.example.org';

const service: KubernetesObject = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'smoke-test', namespace: 'default' },
  spec: { template: { spec: { containers: [{ image: 'example.org/hello' }] } } },
} as KubernetesObject;

const params = (more: object = {}) =>
  agentActions['function.smoke-test'].params.parse({ service, gateway: GATEWAY, ...more });

const object = (apiVersion: string, kind: string, namespace: string, name: string, rest: object = {}) =>
  ({ apiVersion, kind, metadata: { namespace, name }, ...rest }) as KubernetesObject;

/** The objects of a Knative that names its functions below functions.example.org, and of its gateway. */
const knative = [
  object('apps/v1', 'Deployment', 'knative-serving', 'controller'),
  object('v1', 'ConfigMap', 'knative-serving', 'config-domain', { data: { 'functions.example.org': '' } }),
  object('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system', 'pool', { spec: { addresses: [`${GATEWAY}/32`] } }),
  object('v1', 'Service', 'istio-system', 'istio-ingressgateway', { spec: { type: 'LoadBalancer' } }),
];

interface Bed {
  context: TestContext;
  api: SimulatedKubernetes;
}
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Makes a host with a simulated cluster that has these objects. */
async function bed(
  objects: readonly KubernetesObject[],
  options: { signal?: AbortSignal; serviceEndpoint?: Host['serviceEndpoint'] } = {},
): Promise<Bed> {
  let cluster = '';
  const { signal, serviceEndpoint = (address: string) => startGateway(cluster, address) } = options;
  const kubernetes = async () => new SimulatedKubernetes(cluster);
  const context = await testContext({
    host: () => ({ kubernetes, serviceEndpoint }),
    ...(signal === undefined ? {} : { signal }),
  });
  ends.push(() => context[Symbol.asyncDispose]());
  cluster = join(context.root, 'cluster');
  const api = new SimulatedKubernetes(cluster);
  for (const each of objects) await api.apply(each, { dryRun: false });
  return { context, api };
}

const at = (port: number): Host['serviceEndpoint'] => {
  return async () => ({ address: '127.0.0.1', port, [Symbol.asyncDispose]: async () => undefined });
};

/** Starts a gRPC server of the greeter. Resolves with its port. */
async function greeter(answer: (call: ServerUnaryCall<string, string>, reply: sendUnaryData<string>) => void) {
  const server = new Server();
  server.addService({ sayHello }, { sayHello: answer });
  ends.push(() => server.forceShutdown());
  return await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}

const failureOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof ActionError)) throw new Error(`no ActionError: ${String(error)}`);
  return error.failure;
};

it('deploys the function, calls it through the gateway and removes it', async () => {
  const { context, api } = await bed(knative);
  const outputs = await functionSmokeTest.apply(params(), context);
  expect(outputs).toEqual({
    reply: '(simulated) Hello, vHive!',
    readyMs: expect.any(Number),
    callMs: expect.any(Number),
  });
  expect(await api.get(referenceTo(service))).toBeUndefined();
  expect(context.logged.join('\n')).toContain(`Ready after ${outputs?.readyMs} ms: http://${HOST}/`);
});

it('begins with a function of its own, not with what an earlier attempt left', async () => {
  let called: KubernetesObject | undefined;
  const { context, api } = await bed(knative, {
    serviceEndpoint: async () => {
      called = await api.get(referenceTo(service));
      return at(port)('', 0);
    },
  });
  const port = await greeter((call, reply) => reply(null, `Hello, ${call.request}`));
  const leftOver = { ...service, metadata: { ...service.metadata, labels: { 'left-over': 'true' } } };
  await api.apply(leftOver, { dryRun: false });
  expect(await functionSmokeTest.apply(params({ message: 'Zoë' }), context)).toMatchObject({ reply: 'Hello, Zoë' });
  expect(called?.metadata.name).toBe('smoke-test');
  expect(called?.metadata.labels).toBeUndefined();
});

it('goes on while the gateway does not know the function yet', async () => {
  const asked: string[] = [];
  const port = await greeter((call, reply) => {
    asked.push(call.getHost());
    const early = [status.UNAVAILABLE, status.UNIMPLEMENTED][asked.length - 1];
    if (early === undefined) reply(null, 'here I am');
    else reply({ code: early, details: 'no healthy upstream' });
  });
  const { context } = await bed(knative, { serviceEndpoint: at(port) });
  expect(await functionSmokeTest.apply(params(), context)).toMatchObject({ reply: 'here I am' });
  expect(asked).toEqual([HOST, HOST, HOST]);
});

it('says what the gateway answered when the time is up', async () => {
  const server: Http2Server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => stream.respond({ ':status': 404 }, { endStream: true }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const { context, api } = await bed(knative, { serviceEndpoint: at((server.address() as AddressInfo).port) });
  const failure = await failureOf(functionSmokeTest.apply(params({ callTimeoutMs: 700 }), context));
  expect(failure.message).toMatch(
    /no answer within 0\.7 s .*smoke-test\.default\.functions\.example\.org.*UNIMPLEMENTED.*404/,
  );
  expect(failure.code).toBe('timeout');
  expect(await api.get(referenceTo(service))).toBeUndefined();
});

it('does not ask again after an answer that is an error of the function itself', async () => {
  let calls = 0;
  const port = await greeter((_call, reply) => {
    calls += 1;
    reply({ code: status.INVALID_ARGUMENT, details: 'such a name' });
  });
  const { context } = await bed(knative, { serviceEndpoint: at(port) });
  const failure = await failureOf(functionSmokeTest.apply(params(), context));
  expect(failure.message).toContain('INVALID_ARGUMENT: such a name');
  expect(calls).toBe(1);
});

it('a function that does not become Ready: its conditions and its pods’ reasons, and it is removed', async () => {
  const waiting = { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } };
  const pod = object('v1', 'Pod', 'default', 'smoke-test-00001-deployment-x', {
    spec: { nodeName: 'node-2' },
    status: { phase: 'Pending', containerStatuses: [{ name: 'user-container', ready: false, state: waiting }] },
  });
  pod.metadata.labels = { 'serving.knative.dev/service': 'smoke-test' };
  const { context, api } = await bed([pod]);
  const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'RevisionMissing', message: 'Configuration waits' }];
  const stuck = { ...service, status: { conditions } } as KubernetesObject;
  const failure = await failureOf(functionSmokeTest.apply(params({ service: stuck, readyTimeoutMs: 200 }), context));
  expect(failure.message).toContain('Service default/smoke-test did not become Ready within 0.2 s');
  expect(failure.message).toContain('Ready: RevisionMissing, Configuration waits');
  expect(failure.lastLines?.join('\n')).toMatch(
    /pod default\/smoke-test-00001-deployment-x \(on node-2\): .*ImagePullBackOff/,
  );
  expect(await api.get(referenceTo(service))).toBeUndefined();
});

it('a function that does not become Ready: its Revision, Deployment, pods and events say why', async () => {
  const name = 'smoke-test-00001';
  const of = (found: KubernetesObject, labels = { 'serving.knative.dev/service': 'smoke-test' }) => {
    found.metadata.labels = labels;
    return found;
  };
  const unmet = (type: string, reason: string, message: string) => ({ type, status: 'False', reason, message });
  const revision = {
    conditions: [unmet('ContainerHealthy', 'NotReady', 'no probe'), unmet('Ready', 'NotReady', 'no')],
  };
  const failed = { ...unmet('ReplicaFailure', 'FailedCreate', 'quota exceeded'), status: 'True' };
  const running = { phase: 'Running', containerStatuses: [{ name: 'user-container', ready: false }] };
  const event = (reason: string, message: string, kind: string, about: string) =>
    object('v1', 'Event', 'default', `${about}-${reason}`, {
      ...{ type: 'Warning', reason, message },
      involvedObject: { kind, name: about },
    });
  const { context } = await bed([
    of(object('serving.knative.dev/v1', 'Revision', 'default', name, { status: revision })),
    of(object('serving.knative.dev/v1', 'Revision', 'default', 'other-1', { status: revision }), {
      'serving.knative.dev/service': 'other',
    }),
    of(object('apps/v1', 'ReplicaSet', 'default', 'unused')),
    of(object('v1', 'Pod', 'default', `${name}-pod`, { spec: { nodeName: 'node-2' }, status: running })),
    event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 'Pod', `${name}-pod`),
    event('InternalError', 'failed to resolve image', 'Revision', name),
  ]);
  const failure = await failureOf(functionSmokeTest.apply(params({ readyTimeoutMs: 200 }), context));
  expect(
    complaintsOf({ ...object('apps/v1', 'Deployment', 'default', 'd'), status: { conditions: [failed] } }),
  ).toEqual(['Deployment d: ReplicaFailure: FailedCreate, quota exceeded']);
  expect(failure.lastLines).toEqual([
    `pod default/${name}-pod (on node-2): not ready: user-container; last event: Unhealthy, Readiness probe failed: HTTP probe failed with statuscode: 503`,
    `Revision ${name}: InternalError, failed to resolve image`,
    `Revision ${name}: ContainerHealthy: NotReady, no probe`,
    'Knative has said nothing about it yet: do the pods of knative-serving run?',
  ]);
  expect(failure.message).toContain('Readiness probe failed');
});

it('removes the function when it is cancelled during the call', async () => {
  const cancel = new AbortController();
  const port = await greeter(() => cancel.abort(new Error('the operator cancelled')));
  const { context, api } = await bed(knative, { signal: cancel.signal, serviceEndpoint: at(port) });
  await expect(functionSmokeTest.apply(params(), context)).rejects.toThrow('the operator cancelled');
  expect(await api.get(referenceTo(service))).toBeUndefined();
});

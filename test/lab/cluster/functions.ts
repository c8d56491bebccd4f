import { callFunction } from '@vhive/agent/actions/function/say-hello';
import type { LabCluster } from './lab-cluster.ts';
import { functionsGateway } from './stack.ts';

/** The Greeter of the lab, under the name of vHive's test function. */
export const greeterImage = 'ghcr.io/ease-lab/helloworld:var_workload';

/** What a function of the Greeter may have beside what all have. */
export interface GreeterSettings {
  /** The annotations of its pods, by which it is scaled. */
  annotations?: Readonly<Record<string, string>>;
  /** The labels of the function itself. */
  labels?: Readonly<Record<string, string>>;
  /** Fields of its pods. */
  spec?: Readonly<Record<string, unknown>>;
  /** Its image; by default that of the Greeter. */
  image?: string;
  /** The name of this revision, which else Knative makes up. */
  revision?: string;
  /** Which revisions get which part of the calls; by default the latest gets all. */
  traffic?: readonly object[];
  /** How many seconds it may take until it is Ready; by default 120. */
  readySeconds?: number;
}

/** Makes a function of the Greeter and waits until it is Ready. */
export async function makeFunction(cluster: LabCluster, name: string, settings: GreeterSettings = {}): Promise<void> {
  const {
    annotations = {},
    labels = {},
    spec = {},
    image = greeterImage,
    revision,
    traffic,
    readySeconds = 120,
  } = settings;
  const containers = [{ image, imagePullPolicy: 'IfNotPresent', ports: [{ name: 'h2c', containerPort: 50051 }] }];
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, labels },
    spec: { template: { metadata: { name: revision, annotations }, spec: { ...spec, containers } }, traffic },
  };
  await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(service) });
  const what = `services.serving.knative.dev/${name}`;
  if (revision !== undefined) {
    const latest = `--for=jsonpath={.status.latestReadyRevisionName}=${revision}`;
    await cluster.kubectl('wait', what, latest, `--timeout=${readySeconds}s`);
  }
  await cluster.kubectl('wait', what, '--for=condition=Ready', `--timeout=${readySeconds}s`);
}

/** Removes a function. */
export async function removeFunction(cluster: LabCluster, name: string): Promise<void> {
  await cluster.kubectl('delete', 'services.serving.knative.dev', name);
}

/** Where a function is called from outside of the cluster: the gateway, and the name by which it knows the function. */
export interface FunctionPlace {
  address: string;
  port: number;
  authority: string;
}

/** Returns where a function is called; with a tag, where the revisions with that tag are. */
export async function placeOf(cluster: LabCluster, name: string, tag?: string): Promise<FunctionPlace> {
  const url = tag === undefined ? '{.status.url}' : `{.status.traffic[?(@.tag=="${tag}")].url}`;
  const found = await cluster.kubectl('get', 'services.serving.knative.dev', name, '-o', `jsonpath=${url}`);
  return { address: await functionsGateway(cluster), port: 80, authority: new URL(found).host };
}

/** Calls until there is an answer, for at most so many milliseconds. Returns the answer. */
export async function callAt(place: FunctionPlace, message: string, timeoutMs = 60_000): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs + 30_000);
  const log = (text: string) => process.stderr.write(`${place.authority}: ${text}\n`);
  return (await callFunction({ ...place, message, timeoutMs, signal, log })).reply;
}

/** Calls a function through the gateway, from outside of the cluster. Returns its answer. */
export async function call(cluster: LabCluster, name: string, message: string): Promise<string> {
  return await callAt(await placeOf(cluster, name), message);
}

/**
 * Calls a function from a host of the cluster, through the gateway that only the cluster itself reaches and that the
 * function's own Service names. Returns the answer as it was sent, with the frame that gRPC puts around it.
 */
export async function callWithin(cluster: LabCluster, name: string, message: string): Promise<string> {
  const named = await cluster.kubectl('get', 'service', name, '-o', 'jsonpath={.spec.externalName}');
  const [gateway = '', namespace = ''] = named.split('.');
  const inside = ['get', 'service', gateway, '--namespace', namespace, '-o', 'jsonpath={.spec.clusterIP}'];
  const address = await cluster.kubectl(...inside);
  const host = `${name}.default.svc.cluster.local`;
  // A frame of gRPC: not compressed, its length, and the message with its one field.
  const body = Buffer.from([0, 0, 0, 0, message.length + 2, 0x0a, message.length, ...Buffer.from(message)]);
  const headers = ['content-type: application/grpc', 'te: trailers'].flatMap((header) => ['--header', header]);
  const curl = ['curl', '--silent', '--http2-prior-knowledge', '--resolve', `${host}:80:${address}`, ...headers];
  const url = `http://${host}/helloworld.Greeter/SayHello`;
  return await cluster.shell(
    'host-1',
    `echo ${body.toString('base64')} | base64 --decode | ${[...curl, '--data-binary', '@-', url].map((word) => `'${word}'`).join(' ')} | tr -d '\\0'`,
  );
}

/** Returns the names of the pods that a function has. */
export async function podsOfFunction(cluster: LabCluster, name: string): Promise<string[]> {
  const label = `serving.knative.dev/service=${name}`;
  const names = await cluster.kubectl('get', 'pods', '-l', label, '-o', 'name');
  return names.split('\n').filter(Boolean);
}

import { callFunction } from '@vhive/agent/actions/function/say-hello';
import type { LabCluster } from './lab-cluster.ts';
import { functionsGateway } from './stack.ts';

/** The Greeter of the lab, under the name of vHive's test function. */
const greeterImage = 'ghcr.io/ease-lab/helloworld:var_workload';

/** Makes a function of the Greeter and waits until it is Ready, for at most `readySeconds`. */
export async function makeFunction(
  cluster: LabCluster,
  name: string,
  annotations: Readonly<Record<string, string>> = {},
  spec: Readonly<Record<string, unknown>> = {},
  readySeconds = 120,
): Promise<void> {
  const containers = [
    { image: greeterImage, imagePullPolicy: 'IfNotPresent', ports: [{ name: 'h2c', containerPort: 50051 }] },
  ];
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name },
    spec: { template: { metadata: { annotations }, spec: { ...spec, containers } } },
  };
  await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(service) });
  const limit = `--timeout=${readySeconds}s`;
  await cluster.kubectl('wait', `services.serving.knative.dev/${name}`, '--for=condition=Ready', limit);
}

/** Calls a function through the gateway, from outside of the cluster. Returns its answer. */
export async function call(cluster: LabCluster, name: string, message: string): Promise<string> {
  const url = await cluster.kubectl('get', 'services.serving.knative.dev', name, '-o', 'jsonpath={.status.url}');
  const { reply } = await callFunction({
    ...{ address: await functionsGateway(cluster), port: 80, authority: new URL(url).host, message },
    ...{ timeoutMs: 60_000, signal: AbortSignal.timeout(90_000) },
    log: (text) => process.stderr.write(`${name}: ${text}\n`),
  });
  return reply;
}

/** Returns the names of the pods that a function has. */
export async function podsOfFunction(cluster: LabCluster, name: string): Promise<string[]> {
  const label = `serving.knative.dev/service=${name}`;
  const names = await cluster.kubectl('get', 'pods', '-l', label, '-o', 'name');
  return names.split('\n').filter(Boolean);
}

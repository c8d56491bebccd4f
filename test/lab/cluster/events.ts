import { catalogue } from '@vhive/core/versions/catalogue';
import type { LabCluster } from './lab-cluster.ts';

const name = 'display';
const image = `gcr.io/knative-releases/knative.dev/eventing/cmd/event_display:v${catalogue.knativeEventing.version}`;

/** Makes a broker, and a function that is sent the broker's events and prints them. */
export async function makeBroker(cluster: LabCluster): Promise<void> {
  const function_ = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name },
    spec: { template: { spec: { containers: [{ image, imagePullPolicy: 'IfNotPresent' }] } } },
  };
  const broker = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name } };
  const subscriber = { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name } };
  const trigger = { ...broker, kind: 'Trigger', spec: { broker: name, subscriber } };
  for (const object of [function_, broker, trigger])
    await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(object) });
  for (const kind of ['services.serving.knative.dev', 'brokers.eventing.knative.dev', 'triggers.eventing.knative.dev'])
    await cluster.kubectl('wait', `${kind}/${name}`, '--for=condition=Ready', '--timeout=120s');
}

/** Sends an event with a text to the broker, as a program outside of pods does. Returns the HTTP status of the answer. */
export async function sendEvent(cluster: LabCluster, text: string): Promise<string> {
  const ingress = ['get', 'service', 'broker-ingress', '--namespace=knative-eventing'];
  const address = await cluster.kubectl(...ingress, '-o', 'jsonpath={.spec.clusterIP}');
  const event = { specversion: '1.0', id: text, type: 'lab.text', source: 'lab' };
  const headers = [
    ...Object.entries(event).map(([field, value]) => `ce-${field}: ${value}`),
    'content-type: text/plain',
  ];
  const curl = ['curl', '--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];
  const request = [...headers.flatMap((header) => ['--header', header]), '--data', text];
  return await cluster.run('host-1', [...curl, ...request, `http://${address}/default/${name}`]);
}

/** Returns what the function has printed. */
export async function displayed(cluster: LabCluster): Promise<string> {
  const pods = ['--selector', `serving.knative.dev/service=${name}`, '--container=user-container'];
  return await cluster.kubectl('logs', ...pods, '--tail=-1');
}

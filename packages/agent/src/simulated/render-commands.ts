import type { SimulatedProgram } from './program.ts';

/** A program that prints a manifest: the objects of the real one that plans wait for. JSON is YAML too. */
const printsManifest =
  (...objects: object[]): SimulatedProgram =>
  () => ({ stdout: `# SIMULATED\n${objects.map((object) => JSON.stringify(object)).join('\n---\n')}\n` });

const metadata = (namespace: string, name: string) => ({ namespace, name });

const deployment = (namespace: string, name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(namespace, name),
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: `simulated.invalid/${name}` }] },
    },
  },
});

const service = (namespace: string, name: string, type: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(namespace, name),
  spec: { type, selector: { app: name }, ports: [{ name: 'http2', port: 80, targetPort: 8080 }] },
});

const ISTIO = 'istio-system';

/** `istioctl manifest generate`: Istio's control plane and two gateways. */
export const istioctl: SimulatedProgram = printsManifest(
  ...['istiod', 'istio-ingressgateway', 'cluster-local-gateway'].map((name) => deployment(ISTIO, name)),
  service(ISTIO, 'istiod', 'ClusterIP'),
  service(ISTIO, 'istio-ingressgateway', 'LoadBalancer'),
  service(ISTIO, 'cluster-local-gateway', 'ClusterIP'),
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'istio-validator-istio-system' },
    webhooks: [
      {
        name: 'rev.validation.istio.io',
        failurePolicy: 'Ignore',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { namespace: ISTIO, name: 'istiod', path: '/validate' } },
      },
    ],
  },
);

/** `helm template` of kube-prometheus-stack: its operator. */
export const helm: SimulatedProgram = printsManifest(deployment('monitoring', 'kube-prometheus-stack-operator'));

import type { SimulatedProgram } from './program.ts';

/**
 * Makes a program that prints a manifest of these objects, which are the ones that plans wait for. They are written as
 * JSON, which is also YAML.
 */
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

/** Imitates `istioctl manifest generate`: prints Istio's control plane and its two gateways. */
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

/** Imitates `helm template` of kube-prometheus-stack: prints its operator. */
export const helm: SimulatedProgram = printsManifest(deployment('monitoring', 'kube-prometheus-stack-operator'));

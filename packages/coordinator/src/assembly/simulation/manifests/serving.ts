import { configMap, definition, deployment, namespace, service, webhooks } from './objects.ts';

const SPACE = 'knative-serving';

export const servingDefinitions = [
  definition('services.serving.knative.dev', 'Service', 'v1'),
  definition('revisions.serving.knative.dev', 'Revision', 'v1'),
  definition('routes.serving.knative.dev', 'Route', 'v1'),
  definition('configurations.serving.knative.dev', 'Configuration', 'v1'),
  definition('images.caching.internal.knative.dev', 'Image', 'v1alpha1'),
];

const settings = [
  ...['autoscaler', 'certmanager', 'defaults', 'domain', 'features', 'gc', 'leader-election', 'logging', 'network'],
  ...['observability', 'tracing'],
];

export const servingCore = [
  namespace(SPACE),
  {
    apiVersion: 'caching.internal.knative.dev/v1alpha1',
    kind: 'Image',
    metadata: { namespace: SPACE, name: 'queue-proxy' },
    spec: { image: 'simulated.invalid/queue' },
  },
  configMap(SPACE, 'config-deployment', { 'queue-sidecar-image': 'simulated.invalid/queue' }),
  ...settings.map((name) => configMap(SPACE, `config-${name}`)),
  ...['activator', 'autoscaler', 'controller', 'webhook'].map((name) => deployment(SPACE, name)),
  service(SPACE, 'webhook'),
  webhooks('Validating', 'config.webhook.serving.knative.dev', SPACE, 'webhook'),
  webhooks('Mutating', 'webhook.serving.knative.dev', SPACE, 'webhook'),
  webhooks('Validating', 'validation.webhook.serving.knative.dev', SPACE, 'webhook'),
];

const gateway = (name: string) => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'Gateway',
  metadata: { namespace: SPACE, name },
  spec: { selector: { istio: 'ingressgateway' }, servers: [] },
});

export const netIstio = [
  gateway('knative-ingress-gateway'),
  gateway('knative-local-gateway'),
  service('istio-system', 'knative-local-gateway', 80),
  configMap(SPACE, 'config-istio'),
  deployment(SPACE, 'net-istio-controller', 'controller'),
  deployment(SPACE, 'net-istio-webhook', 'webhook'),
  service(SPACE, 'net-istio-webhook'),
  webhooks('Mutating', 'webhook.istio.networking.internal.knative.dev', SPACE, 'net-istio-webhook'),
  webhooks('Validating', 'config.webhook.istio.networking.internal.knative.dev', SPACE, 'net-istio-webhook'),
];

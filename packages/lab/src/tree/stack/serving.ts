import {
  account,
  configMap,
  definition,
  namespace,
  type StackObject,
  service,
  webhookConfiguration,
  workload,
} from './objects.ts';

const NAMESPACE = 'knative-serving';
const WEBHOOK = { name: 'webhook', namespace: NAMESPACE };

/** Returns the objects that stand in for serving-crds.yaml. */
export function servingDefinitions(): StackObject[] {
  return [
    definition('serving.knative.dev', 'services', 'Service', { shortNames: ['kservice', 'ksvc'] }),
    definition('serving.knative.dev', 'configurations', 'Configuration', { shortNames: ['config', 'cfg'] }),
    definition('serving.knative.dev', 'revisions', 'Revision', { shortNames: ['rev'] }),
    definition('serving.knative.dev', 'routes', 'Route', { shortNames: ['rt'] }),
    definition('serving.knative.dev', 'domainmappings', 'DomainMapping', { versions: ['v1beta1'], shortNames: ['dm'] }),
    definition('networking.internal.knative.dev', 'ingresses', 'Ingress', { versions: ['v1alpha1'] }),
    definition('caching.internal.knative.dev', 'images', 'Image', { versions: ['v1alpha1'] }),
  ];
}

/** The ConfigMaps of knative-serving, and the component that each belongs to. */
const configs = {
  autoscaler: 'autoscaler',
  defaults: 'controller',
  deployment: 'controller',
  domain: 'controller',
  features: 'controller',
  gc: 'controller',
  'leader-election': 'controller',
  logging: 'logging',
  network: 'networking',
  observability: 'observability',
  tracing: 'tracing',
};

/** Returns the objects that stand in for serving-core.yaml. */
export function servingCore(image: string): StackObject[] {
  const name = { 'app.kubernetes.io/name': 'knative-serving' };
  const idle = (container: string) =>
    workload('Deployment', container, NAMESPACE, image, [{ container, args: ['idle'] }], 'controller');
  const apiGroups = ['serving.knative.dev', 'networking.internal.knative.dev', 'autoscaling.internal.knative.dev'];
  const configurations = ['config.webhook.serving.knative.dev', 'validation.webhook.serving.knative.dev'];
  return [
    namespace(NAMESPACE),
    ...account('controller', NAMESPACE),
    {
      apiVersion: 'caching.internal.knative.dev/v1alpha1',
      kind: 'Image',
      metadata: { name: 'queue-proxy', namespace: NAMESPACE },
      spec: { image },
    },
    ...Object.entries(configs).map(([config, component]) =>
      configMap(
        `config-${config}`,
        NAMESPACE,
        { ...name, 'app.kubernetes.io/component': component },
        config === 'deployment' ? { 'queue-sidecar-image': image } : {},
      ),
    ),
    idle('activator'),
    idle('autoscaler'),
    workload(
      'Deployment',
      'controller',
      NAMESPACE,
      image,
      [{ container: 'controller', args: ['serving'] }],
      'controller',
    ),
    workload(
      'Deployment',
      'webhook',
      NAMESPACE,
      image,
      [
        {
          container: 'webhook',
          args: [
            'webhook',
            ...[`--host=webhook.${NAMESPACE}.svc`, `--validating=${configurations.join(',')}`],
            ...['--mutating=webhook.serving.knative.dev', '--delay=3s'],
          ],
          readyPort: 8443,
        },
      ],
      'controller',
    ),
    service('webhook', NAMESPACE, 'webhook', 443, 8443),
    webhookConfiguration('ValidatingWebhookConfiguration', 'config.webhook.serving.knative.dev', WEBHOOK, {
      ...{ apiGroups: [''], resources: ['configmaps'] },
      labels: { ...name, 'app.kubernetes.io/component': 'controller' },
    }),
    webhookConfiguration('MutatingWebhookConfiguration', 'webhook.serving.knative.dev', WEBHOOK, {
      ...{ apiGroups, resources: ['*'] },
    }),
    webhookConfiguration('ValidatingWebhookConfiguration', 'validation.webhook.serving.knative.dev', WEBHOOK, {
      ...{ apiGroups, resources: ['*'] },
    }),
  ];
}

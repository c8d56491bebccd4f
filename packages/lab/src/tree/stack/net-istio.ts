import { account, configMap, type StackObject, service, webhookConfiguration, workload } from './objects.ts';

const NAMESPACE = 'knative-serving';
const WEBHOOK = { name: 'net-istio-webhook', namespace: NAMESPACE };
const labels = { 'app.kubernetes.io/name': 'knative-serving', 'app.kubernetes.io/component': 'net-istio' };

const gateway = (name: string, number: number): StackObject => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'Gateway',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
});

/** Returns the objects that stand in for net-istio.yaml. */
export function netIstio(image: string): StackObject[] {
  const [mutating, validating] = [
    'webhook.istio.networking.internal.knative.dev',
    'config.webhook.istio.networking.internal.knative.dev',
  ];
  return [
    gateway('knative-ingress-gateway', 80),
    gateway('knative-local-gateway', 8081),
    ...account('net-istio', NAMESPACE),
    configMap('config-istio', NAMESPACE, labels),
    workload('Deployment', 'net-istio-controller', NAMESPACE, image, [{ container: 'controller', args: ['idle'] }]),
    workload(
      'Deployment',
      WEBHOOK.name,
      NAMESPACE,
      image,
      [
        {
          container: 'webhook',
          args: [
            ...['webhook', `--host=${WEBHOOK.name}.${NAMESPACE}.svc`],
            ...[`--validating=${validating}`, `--mutating=${mutating}`],
          ],
          readyPort: 8443,
        },
      ],
      'net-istio',
    ),
    service(WEBHOOK.name, NAMESPACE, WEBHOOK.name, 443, 8443),
    webhookConfiguration('MutatingWebhookConfiguration', mutating, WEBHOOK, {
      ...{ apiGroups: ['networking.internal.knative.dev'], resources: ['ingresses'] },
    }),
    webhookConfiguration('ValidatingWebhookConfiguration', validating, WEBHOOK, {
      ...{ apiGroups: [''], resources: ['configmaps'], labels },
    }),
  ];
}

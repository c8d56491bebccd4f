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

const NAMESPACE = 'knative-eventing';
const WEBHOOK = { name: 'eventing-webhook', namespace: NAMESPACE };
const CHANNEL_WEBHOOK = { name: 'inmemorychannel-webhook', namespace: NAMESPACE };

/** Returns the objects that stand in for eventing-crds.yaml. */
export function eventingDefinitions(): StackObject[] {
  return [
    definition('eventing.knative.dev', 'brokers', 'Broker'),
    definition('eventing.knative.dev', 'triggers', 'Trigger'),
    definition('messaging.knative.dev', 'channels', 'Channel'),
    definition('messaging.knative.dev', 'subscriptions', 'Subscription'),
    definition('sources.knative.dev', 'sinkbindings', 'SinkBinding'),
  ];
}

const idle = (name: string, image: string, container: string) =>
  workload('Deployment', name, NAMESPACE, image, [{ container, args: ['idle'] }]);

const webhook = (host: string, validating: readonly string[], mutating: readonly string[], container: string) => ({
  container,
  args: [
    ...['webhook', `--host=${host}.${NAMESPACE}.svc`],
    ...[`--validating=${validating.join(',')}`, `--mutating=${mutating.join(',')}`],
  ],
  readyPort: 8443,
});

/** Returns the objects that stand in for eventing-core.yaml. */
export function eventingCore(image: string): StackObject[] {
  const validating = ['config.webhook.eventing.knative.dev', 'validation.webhook.eventing.knative.dev'];
  const mutating = ['webhook.eventing.knative.dev', 'sinkbindings.webhook.sources.knative.dev'];
  const rule = { apiGroups: ['eventing.knative.dev', 'messaging.knative.dev'], resources: ['*'] };
  const labels = { 'app.kubernetes.io/name': 'knative-eventing' };
  return [
    namespace(NAMESPACE),
    ...account('eventing-webhook', NAMESPACE),
    ...['config-br-default-channel', 'config-br-defaults', 'default-ch-webhook', 'config-tracing'].map((name) =>
      configMap(name, NAMESPACE, labels),
    ),
    idle('eventing-controller', image, 'eventing-controller'),
    workload(
      'Deployment',
      WEBHOOK.name,
      NAMESPACE,
      image,
      [webhook(WEBHOOK.name, validating, mutating, 'eventing-webhook')],
      'eventing-webhook',
    ),
    service(WEBHOOK.name, NAMESPACE, WEBHOOK.name, 443, 8443),
    ...validating.map((name) => webhookConfiguration('ValidatingWebhookConfiguration', name, WEBHOOK, rule)),
    ...mutating.map((name) => webhookConfiguration('MutatingWebhookConfiguration', name, WEBHOOK, rule)),
  ];
}

/** Returns the objects that stand in for in-memory-channel.yaml. */
export function inMemoryChannel(image: string): StackObject[] {
  const [mutating, validating] = [
    'inmemorychannel.eventing.knative.dev',
    'validation.inmemorychannel.eventing.knative.dev',
  ];
  const rule = { apiGroups: ['messaging.knative.dev'], resources: ['inmemorychannels'] };
  return [
    ...account('imc-controller', NAMESPACE),
    definition('messaging.knative.dev', 'inmemorychannels', 'InMemoryChannel'),
    workload(
      'Deployment',
      'imc-controller',
      NAMESPACE,
      image,
      [webhook(CHANNEL_WEBHOOK.name, [validating], [mutating], 'controller')],
      'imc-controller',
    ),
    idle('imc-dispatcher', image, 'dispatcher'),
    service(CHANNEL_WEBHOOK.name, NAMESPACE, 'imc-controller', 443, 8443),
    webhookConfiguration('MutatingWebhookConfiguration', mutating, CHANNEL_WEBHOOK, rule),
    webhookConfiguration('ValidatingWebhookConfiguration', validating, CHANNEL_WEBHOOK, rule),
  ];
}

/** Returns the objects that stand in for mt-channel-broker.yaml. */
export function channelBroker(image: string): StackObject[] {
  return [
    idle('mt-broker-filter', image, 'filter'),
    idle('mt-broker-ingress', image, 'ingress'),
    idle('mt-broker-controller', image, 'mt-broker-controller'),
  ];
}

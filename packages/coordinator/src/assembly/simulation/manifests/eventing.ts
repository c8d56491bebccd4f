import { configMap, definition, deployment, namespace, service, statefulSet, webhooks } from './objects.ts';

const SPACE = 'knative-eventing';

export const eventingDefinitions = [
  definition('brokers.eventing.knative.dev', 'Broker', 'v1'),
  definition('triggers.eventing.knative.dev', 'Trigger', 'v1'),
  definition('channels.messaging.knative.dev', 'Channel', 'v1'),
  definition('subscriptions.messaging.knative.dev', 'Subscription', 'v1'),
];

const settings = ['br-default-channel', 'br-defaults', 'features', 'logging', 'observability', 'tracing'];

export const eventingCore = [
  namespace(SPACE),
  configMap(SPACE, 'default-ch-webhook'),
  ...settings.map((name) => configMap(SPACE, `config-${name}`)),
  deployment(SPACE, 'eventing-controller'),
  deployment(SPACE, 'job-sink'),
  deployment(SPACE, 'pingsource-mt-adapter', 'dispatcher'),
  statefulSet(SPACE, 'request-reply'),
  deployment(SPACE, 'eventing-webhook'),
  service(SPACE, 'eventing-webhook'),
  webhooks('Validating', 'config.webhook.eventing.knative.dev', SPACE, 'eventing-webhook'),
  webhooks('Mutating', 'webhook.eventing.knative.dev', SPACE, 'eventing-webhook'),
  webhooks('Validating', 'validation.webhook.eventing.knative.dev', SPACE, 'eventing-webhook'),
  webhooks('Mutating', 'sinkbindings.webhook.sources.knative.dev', SPACE, 'eventing-webhook'),
];

export const inMemoryChannel = [
  configMap(SPACE, 'config-imc-event-dispatcher'),
  definition('inmemorychannels.messaging.knative.dev', 'InMemoryChannel', 'v1'),
  deployment(SPACE, 'imc-controller', 'controller'),
  service(SPACE, 'inmemorychannel-webhook'),
  deployment(SPACE, 'imc-dispatcher', 'dispatcher'),
  service(SPACE, 'imc-dispatcher', 80),
  webhooks('Mutating', 'inmemorychannel.eventing.knative.dev', SPACE, 'inmemorychannel-webhook'),
  webhooks('Validating', 'validation.inmemorychannel.eventing.knative.dev', SPACE, 'inmemorychannel-webhook'),
];

export const mtChannelBroker = [
  deployment(SPACE, 'mt-broker-filter', 'filter'),
  service(SPACE, 'broker-filter', 80),
  deployment(SPACE, 'mt-broker-ingress', 'ingress'),
  service(SPACE, 'broker-ingress', 80),
  deployment(SPACE, 'mt-broker-controller'),
];

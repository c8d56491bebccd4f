import type { KubernetesObject } from '@vhive/shared';
import { expect, it } from 'vitest';
import { withoutKnativeWebhookRules } from './webhook-rules.ts';

const rules = [{ apiGroups: ['serving.knative.dev'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }];
const configuration = (kind: string, name: string, webhook = name): KubernetesObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name },
  webhooks: [{ name: webhook, failurePolicy: 'Fail', rules }],
});

it.each(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])(
  'leaves the rules of a %s to Knative',
  (kind) => {
    const { webhooks } = withoutKnativeWebhookRules(configuration(kind, 'webhook.serving.knative.dev'));
    expect(webhooks).toEqual([{ name: 'webhook.serving.knative.dev', failurePolicy: 'Fail' }]);
  },
);

it.each([
  configuration('ValidatingWebhookConfiguration', 'metallb-webhook-configuration'),
  configuration('ValidatingWebhookConfiguration', 'webhook.serving.knative.dev', 'another.example'),
  { ...configuration('ConfigMap', 'webhook.serving.knative.dev'), apiVersion: 'v1' },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a.knative.dev' } },
])('leaves all else as it is', (object) => {
  expect(withoutKnativeWebhookRules(object)).toEqual(object);
});

import type { KubernetesObject } from '@vhive/shared';
import { isTree } from './merge.ts';

const CONFIGURATIONS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/**
 * Returns the object without the rules of Knative's own webhooks. The pods of these webhooks write a rule for each
 * version of each kind over the shorter rules of the manifest, and the manifest would write its own back with every
 * run. https://github.com/knative/serving/issues/13449. Such a webhook has the same name as its configuration (see
 * knative.dev/pkg).
 */
export function withoutKnativeWebhookRules(object: KubernetesObject): KubernetesObject {
  const { name } = object.metadata;
  const { webhooks } = object;
  if (!CONFIGURATIONS.includes(object.kind) || !name.endsWith('.knative.dev') || !Array.isArray(webhooks))
    return object;
  return {
    ...object,
    webhooks: webhooks.map((webhook: unknown) => {
      if (!isTree(webhook) || webhook.name !== name) return webhook;
      const { rules: _rules, ...rest } = webhook;
      return rest;
    }),
  };
}

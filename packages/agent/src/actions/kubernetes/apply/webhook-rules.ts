import type { KubernetesObject } from '@vhive/shared';
import { isTree } from './merge.ts';

const CONFIGURATIONS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/**
 * The object without the rules of Knative's own webhooks: their pods write them, one for each version of each kind, over
 * the shorter ones of the manifest, which would write theirs back with every run.
 * https://github.com/knative/serving/issues/13449. As in knative.dev/pkg, such a webhook has the name of its configuration.
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

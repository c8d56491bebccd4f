import type { KubernetesObject, ManifestPatch } from '@vhive/shared';
import { failedForGood } from '../../kit/failures.ts';
import { isTree, type Tree } from '../apply/merge.ts';

const listOf = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);

/** Whether an item of the list changes an existing webhook. A webhook of its own would have to say where it answers. */
const isChange = (webhook: Tree) => !('clientConfig' in webhook) && webhook.$patch !== 'delete';

/**
 * Returns what a patch merges into an object. Lists of webhooks are merged by name. A change to a webhook that has
 * another name in this version would be added as a webhook without an address; that is an error, or is left out when
 * the patch is optional.
 */
export function mergeOfWebhooks(object: KubernetesObject, patch: ManifestPatch, manifest: string): Tree {
  const { merge, optional } = patch;
  if (!object.kind.endsWith('WebhookConfiguration') || !Array.isArray(merge.webhooks)) return merge;
  const there = listOf(object.webhooks).map(({ name }) => name);
  const unknown = listOf(merge.webhooks).filter((webhook) => isChange(webhook) && !there.includes(webhook.name));
  if (unknown.length === 0) return merge;
  if (!optional)
    throw failedForGood(
      `${manifest}: ${object.kind} ${object.metadata.name} has no webhook ${unknown[0]?.name}, which is to be changed`,
      { hint: `it has ${there.length > 0 ? there.join(', ') : 'none'}` },
    );
  const known = merge.webhooks.filter((webhook) => !unknown.includes(webhook));
  const { webhooks: _webhooks, ...rest } = merge;
  return known.length === 0 ? rest : { ...rest, webhooks: known };
}

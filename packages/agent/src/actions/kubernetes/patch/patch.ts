import type { KubernetesObject, ManifestPatch } from '@vhive/shared';
import { failedForGood } from '../../kit/failures.ts';
import { merge } from '../apply/merge.ts';
import { addArguments } from './add-arguments.ts';
import { mergeOfWebhooks } from './webhook-patch.ts';

const names =
  ({ kind, name, namespace }: ManifestPatch) =>
  (object: KubernetesObject) =>
    object.kind === kind &&
    object.metadata.name === name &&
    (namespace === undefined || object.metadata.namespace === namespace);

/**
 * Applies patches to the objects that they name. A patch that matches nothing is an error, because upstream has then
 * moved what it was meant for.
 */
export function patchObjects(
  objects: readonly KubernetesObject[],
  patches: readonly ManifestPatch[],
  manifest: string,
): KubernetesObject[] {
  let result = [...objects];
  for (const patch of patches) {
    const { kind, name, namespace, optional } = patch;
    const named = names(patch);
    if (!result.some(named)) {
      if (optional) continue;
      const there = result.filter((object) => object.kind === kind).map((object) => object.metadata.name);
      throw failedForGood(
        `${manifest} has no ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}, which is to be changed`,
        { hint: `it has ${there.length > 0 ? `these of the kind: ${there.join(', ')}` : 'none of the kind'}` },
      );
    }
    result = result.map((object) =>
      named(object) ? patched(object, { ...patch, merge: mergeOfWebhooks(object, patch, manifest) }) : object,
    );
  }
  return result;
}

function patched(object: KubernetesObject, patch: ManifestPatch): KubernetesObject {
  const merged = merge(object, patch.merge) as KubernetesObject;
  return Object.keys(patch.addArguments).length > 0 ? addArguments(merged, patch.addArguments) : merged;
}

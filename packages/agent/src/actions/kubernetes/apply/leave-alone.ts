import { isDeepStrictEqual } from 'node:util';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { referenceTo } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject, Params } from '@vhive/shared';
import pLimit from 'p-limit';
import { CONCURRENCY } from './apply-objects.ts';
import { isTree } from './merge.ts';

type LeaveAlone = Params<'kubernetes.apply'>['leaveAlone'];

/** Returns the images of an object's pods by container; none for an object without pods. */
function imagesOf({ spec }: KubernetesObject): unknown[] {
  const template = isTree(spec) && isTree(spec.template) ? spec.template : {};
  const pod = isTree(template.spec) ? template.spec : {};
  return [pod.initContainers, pod.containers].map((containers) =>
    (Array.isArray(containers) ? containers : []).filter(isTree).map(({ name, image }) => [name, image]),
  );
}

const isNamed = ({ kind, metadata }: KubernetesObject, leaveAlone: LeaveAlone) =>
  leaveAlone.some(
    (each) =>
      each.kind === kind &&
      each.name === metadata.name &&
      (each.namespace === undefined || each.namespace === metadata.namespace),
  );

/**
 * Tells whether an object in the cluster is left as it is. That is so when it is on the list and has the wanted images,
 * because then its version is right and its controllers write the rest.
 */
export function isLeftAlone(object: KubernetesObject, live: KubernetesObject, leaveAlone: LeaveAlone): boolean {
  return isNamed(object, leaveAlone) && isDeepStrictEqual(imagesOf(object), imagesOf(live));
}

/** Returns the objects without those that are left as they are in the cluster. */
export async function withoutLeftAlone(
  api: KubernetesApi,
  objects: readonly KubernetesObject[],
  leaveAlone: LeaveAlone,
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const kept = await pLimit(CONCURRENCY).map(objects, async (object) => {
    if (!isNamed(object, leaveAlone)) return [object];
    const live = await api.get(referenceTo(object), { signal });
    return live !== undefined && isLeftAlone(object, live, leaveAlone) ? [] : [object];
  });
  return kept.flat();
}

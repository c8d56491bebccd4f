import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, Params } from '@vhive/shared';
import pLimit from 'p-limit';
import type { KubernetesApi } from '../../../host/kubernetes/kubernetes-api.ts';
import { referenceTo } from '../reference.ts';
import { CONCURRENCY } from './apply-objects.ts';
import { isTree } from './merge.ts';

type LeaveAlone = Params<'kubernetes.apply'>['leaveAlone'];

/** Images of its pods, by container; empty for what has none. */
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

/** Whether an object stays as it stands in the cluster, since its controllers write it and its version is the wanted one. */
export function isLeftAlone(object: KubernetesObject, live: KubernetesObject, leaveAlone: LeaveAlone): boolean {
  return isNamed(object, leaveAlone) && isDeepStrictEqual(imagesOf(object), imagesOf(live));
}

/** The objects without those that stay as they stand in the cluster. */
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

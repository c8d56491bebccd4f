import type { KubernetesApi, ObjectReference } from '@vhive/base/kubernetes/kubernetes-api';
import { titleOf } from '@vhive/base/kubernetes/reference';
import pLimit from 'p-limit';
import { CONCURRENCY } from './apply-objects.ts';
import { isOurs } from './inventory.ts';

/**
 * Returns those of these objects that are in the cluster and have fields of ours. What somebody else made under the same
 * name is not touched.
 */
export async function removable(
  api: KubernetesApi,
  references: readonly ObjectReference[],
  fieldManager: string,
  signal: AbortSignal,
): Promise<ObjectReference[]> {
  const found = await pLimit(CONCURRENCY).map([...references], async (reference) => {
    const live = await api.get(reference, { signal });
    return live !== undefined && isOurs(live, fieldManager) && live.metadata.deletionTimestamp === undefined
      ? [reference]
      : [];
  });
  return found.flat();
}

/** Deletes objects and tells each. */
export async function remove(
  api: KubernetesApi,
  references: readonly ObjectReference[],
  { signal, log }: { signal: AbortSignal; log(line: string): void },
): Promise<void> {
  await pLimit(CONCURRENCY).map([...references], async (reference) => {
    await api.delete(reference, { signal });
    log(`${titleOf(reference)}: is deleted, since it is not wanted any more`);
  });
}

import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { KubernetesObject } from '@vhive/shared';
import { FUNCTION_LABEL } from '@vhive/shared';
import * as z from 'zod';

const podShape = z.looseObject({
  metadata: z.looseObject({
    labels: z.record(z.string(), z.string()).optional(),
    deletionTimestamp: z.string().optional(),
  }),
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
    })
    .optional(),
});

/** How many pods a function has, by how they stand. */
export interface PodCounts {
  ready: number;
  /** Started, but not ready. */
  unready: number;
  pending: number;
  terminating: number;
}

const none: PodCounts = { ready: 0, unready: 0, pending: 0, terminating: 0 };

/** Counts the pods of each of some functions; those of others do not count. */
export function podCounts(pods: readonly KubernetesObject[], functions: readonly string[]): Map<string, PodCounts> {
  const counts = new Map(functions.map((name) => [name, { ...none }]));
  for (const pod of pods) {
    const { metadata, status } = podShape.parse(pod);
    const count = counts.get(metadata.labels?.[FUNCTION_LABEL] ?? '');
    if (count === undefined) continue;
    if (metadata.deletionTimestamp !== undefined) count.terminating += 1;
    else if (status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True'))
      count.ready += 1;
    else if (status?.phase === 'Pending') count.pending += 1;
    else count.unready += 1;
  }
  return counts;
}

/** Counts all pods of all functions that are not about to go. */
export function livePods(counts: ReadonlyMap<string, PodCounts>): number {
  return [...counts.values()].reduce((sum, { ready, unready, pending }) => sum + ready + unready + pending, 0);
}

/**
 * Tells the pods of some functions in a namespace whenever they change, until the signal aborts. The server tells the
 * changes. It never rejects because of the abort.
 */
export async function watchPodCounts(
  api: Pick<KubernetesApi, 'waitForList'>,
  { namespace, functions }: { namespace: string; functions: readonly string[] },
  tell: (counts: ReadonlyMap<string, PodCounts>) => void,
  signal: AbortSignal,
): Promise<void> {
  const never = (pods: readonly KubernetesObject[]) => {
    tell(podCounts(pods, functions));
    return false;
  };
  try {
    await api.waitForList({ apiVersion: 'v1', kind: 'Pod', namespace }, never, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

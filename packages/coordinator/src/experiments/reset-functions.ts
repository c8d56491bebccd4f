import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { VhiveError } from '@vhive/shared';
import { type PodCounts, podCounts } from '../functions/pod-counts.ts';

/** A function, and how many pods it keeps without a call. */
export interface RestingFunction {
  name: string;
  minScale: number;
}

/**
 * Waits until functions have as many pods as they keep without a call, none of them starting or going. Tells at
 * each change what is in the way. Throws `timeout` with what is still there.
 */
export async function waitUntilAtRest(
  api: Pick<KubernetesApi, 'waitForList'>,
  namespace: string,
  functions: readonly RestingFunction[],
  { timeoutMs, tell, signal }: { timeoutMs: number; tell: (why: string) => void; signal: AbortSignal },
): Promise<void> {
  const limit = AbortSignal.timeout(timeoutMs);
  let restless: string[] = [];
  try {
    await api.waitForList(
      { apiVersion: 'v1', kind: 'Pod', namespace },
      (pods) => {
        const names = functions.map(({ name }) => name);
        const before = restless.join('; ');
        restless = notAtRest(podCounts(pods, names), functions);
        if (restless.length > 0 && restless.join('; ') !== before) tell(restless.join('; '));
        return restless.length === 0;
      },
      { signal: AbortSignal.any([signal, limit]) },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw new VhiveError({
      code: 'timeout',
      message: `the functions are not at rest after ${timeoutMs / 1_000} s: ${restless.join('; ')}`,
      hint: 'give reset.timeoutSeconds more; Knative keeps a pod for its stable window, 60 s by default, after the last call',
    });
  }
}

/** Says of each function that is not at rest how its pods stand. */
export function notAtRest(counts: ReadonlyMap<string, PodCounts>, functions: readonly RestingFunction[]): string[] {
  return functions.flatMap(({ name, minScale }) => {
    const { ready, unready, pending, terminating } = counts.get(name) ?? {
      ...{ ready: 0, unready: 0, pending: 0, terminating: 0 },
    };
    if (ready === minScale && unready + pending + terminating === 0) return [];
    const parts = Object.entries({ ready, 'not ready': unready, pending, terminating }).filter(
      ([, count]) => count > 0,
    );
    const has = parts.map(([state, count]) => `${count} ${state}`).join(', ') || 'no pod';
    return [`${name} has ${has} instead of ${minScale}`];
  });
}

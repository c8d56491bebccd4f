import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { podLine, podOf } from '@vhive/base/kubernetes/obstacles/pod';
import { unscheduledMessage } from '@vhive/base/kubernetes/obstacles/unschedulable';
import { FUNCTION_LABEL, type KubernetesObject, messageOf } from '@vhive/shared';

/** Functions of which pods are watched. */
export interface WatchedFunctions {
  namespace: string;
  functions: readonly string[];
}

/**
 * Tells when pods of functions find no node, each reason once, until the signal aborts. The server tells the changes. It
 * never rejects: where pods cannot be watched, that is told.
 */
export async function watchUnscheduled(
  api: Pick<KubernetesApi, 'waitForList'>,
  { namespace, functions }: WatchedFunctions,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const told = new Set<string>();
  const wanted = new Set(functions);
  const look = (objects: readonly KubernetesObject[]) => {
    for (const object of objects) {
      const pod = podOf(object);
      if (pod === undefined || !wanted.has(pod.metadata.labels[FUNCTION_LABEL] ?? '')) continue;
      const message = unscheduledMessage(pod);
      // The same reason comes with other counts as nodes fill up.
      const reason = message.replaceAll(/\d+/g, '#');
      if (message === '' || told.has(reason)) continue;
      told.add(reason);
      tell(`a pod finds no node: ${podLine(pod)}`);
    }
    return false;
  };
  try {
    await api.waitForList({ apiVersion: 'v1', kind: 'Pod', namespace }, look, { signal });
  } catch (error) {
    if (!signal.aborted) tell(`whether pods find a node is not known: ${messageOf(error)}`);
  }
}

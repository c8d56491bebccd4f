import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { KubernetesError } from '@vhive/base/kubernetes/kubernetes-error';
import { type Pod, podOf } from '@vhive/base/kubernetes/obstacles/pod';
import type { PodLogs } from '@vhive/base/kubernetes/pod-log';
import { FUNCTION_LABEL, messageOf } from '@vhive/shared';

/** Knative's own container beside the function's. */
const SIDECAR = 'queue-proxy';

/** A line that a container of a function printed. */
export interface FunctionLine {
  pod: string;
  container: string;
  text: string;
}

/** What is read of a function's output. */
export interface LogOptions {
  api: KubernetesApi;
  logs: PodLogs;
  namespace: string;
  name: string;
  /** How many of the last lines of each container; without it, all. */
  tail?: number | undefined;
  /** Whether to go on with new lines and new pods, until the signal aborts. */
  follow: boolean;
  signal: AbortSignal;
  onLine: (line: FunctionLine) => void;
  /** Called with what cannot be read, and why. */
  onTrouble: (text: string) => void;
}

/** Reads what the containers of a function print, in all its pods. Returns how many pods there were. */
export async function readFunctionLogs(options: LogOptions): Promise<number> {
  const { api, namespace, name, follow, signal } = options;
  const begun = new Map<string, Promise<void>>();
  const begin = (objects: readonly unknown[]) => {
    for (const object of objects) {
      const pod = podOf(object as Parameters<typeof podOf>[0]);
      if (pod === undefined || pod.metadata.labels[FUNCTION_LABEL] !== name) continue;
      for (const status of pod.status.containerStatuses) {
        const key = `${pod.metadata.name}/${status.name}`;
        const hasBegun = status.state.waiting === undefined;
        if (status.name !== SIDECAR && hasBegun && !begun.has(key)) begun.set(key, readOne(pod, status.name, options));
      }
    }
    return false;
  };
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace };
  if (follow) await api.waitForList(kind, begin, { signal });
  else begin(await api.list(kind, { signal }));
  await Promise.all(begun.values());
  return begun.size;
}

async function readOne(pod: Pod, container: string, options: LogOptions): Promise<void> {
  const { logs, namespace, tail, follow, signal, onLine, onTrouble } = options;
  const request = { namespace, pod: pod.metadata.name, container, follow, ...(tail === undefined ? {} : { tail }) };
  try {
    for await (const text of logs.lines(request, signal)) onLine({ pod: pod.metadata.name, container, text });
  } catch (error) {
    if (signal.aborted) return;
    // A pod that has gone meanwhile has no lines to miss.
    if (error instanceof KubernetesError && error.status === 404) return;
    onTrouble(`pod ${pod.metadata.name}: ${messageOf(error)}`);
  }
}

import { conditionsOf } from '@vhive/base/kubernetes/conditions';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { isReady, type Pod, podOf } from '@vhive/base/kubernetes/obstacles/pod';
import { KNATIVE_SERVING } from '@vhive/core/functions/function-service';
import type { KubernetesObject } from '@vhive/shared';
import { FUNCTION_LABEL } from '@vhive/shared';
import * as z from 'zod';

/** A function as lists show it. */
export const functionView = z.object({
  name: z.string(),
  namespace: z.string(),
  url: z.string().nullable(),
  ready: z.boolean(),
  reason: z.string().nullable().describe('Why it is not Ready, in one line.'),
  revision: z.string().nullable().describe('The latest revision that was Ready.'),
  pods: z.object({ ready: z.number().int(), all: z.number().int() }),
  createdAt: z.string().nullable(),
});
/** See {@link functionView}. */
export type FunctionView = z.infer<typeof functionView>;

const service = z.looseObject({
  metadata: z.looseObject({ creationTimestamp: z.string().optional() }),
  status: z.looseObject({ url: z.string().optional(), latestReadyRevisionName: z.string().optional() }).prefault({}),
});

/** Names the functions of a namespace. */
export const functionsOf = (namespace: string) => ({ apiVersion: KNATIVE_SERVING, kind: 'Service', namespace });

/** Returns the pods of functions, those that leave included, by the name of their function. */
export async function podsByFunction(
  api: KubernetesApi,
  namespace: string,
  signal: AbortSignal,
): Promise<Map<string, Pod[]>> {
  const objects = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { signal });
  const pods = objects.map(podOf).filter((pod) => pod !== undefined);
  const ofFunctions = pods.filter(({ metadata }) => metadata.labels[FUNCTION_LABEL] !== undefined);
  return Map.groupBy(ofFunctions, ({ metadata }) => metadata.labels[FUNCTION_LABEL] ?? '');
}

/** Returns what a list shows of a function. */
export function viewOf(object: KubernetesObject, pods: readonly Pod[]): FunctionView {
  const { metadata, status } = service.parse(object);
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  const staying = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const isReadyNow = ready?.status === 'True';
  const why = [ready?.reason, ready?.message].filter(Boolean).join(', ');
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? 'default',
    url: status.url ?? null,
    ready: isReadyNow,
    reason: isReadyNow ? null : why || 'nothing was said about it yet',
    revision: status.latestReadyRevisionName ?? null,
    pods: { ready: staying.filter(isReady).length, all: staying.length },
    createdAt: metadata.creationTimestamp ?? null,
  };
}

/** Returns the functions of a namespace, by name. */
export async function listFunctions(
  api: KubernetesApi,
  namespace: string,
  signal: AbortSignal,
): Promise<FunctionView[]> {
  const [objects, pods] = await Promise.all([
    api.list(functionsOf(namespace), { signal }),
    podsByFunction(api, namespace, signal),
  ]);
  return objects
    .map((object) => viewOf(object, pods.get(object.metadata.name) ?? []))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import * as z from 'zod';

const autoscaler = z.looseObject({ data: z.record(z.string(), z.string()).prefault({}) });

/** Whether functions of this cluster may begin without a pod, as its configuration of Knative says. */
export async function mayStartAtZero(api: Pick<KubernetesApi, 'get'>, signal: AbortSignal): Promise<boolean> {
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'knative-serving', name: 'config-autoscaler' };
  const found = autoscaler.safeParse(await api.get(reference, { signal }));
  return found.success && found.data.data['allow-zero-initial-scale'] === 'true';
}

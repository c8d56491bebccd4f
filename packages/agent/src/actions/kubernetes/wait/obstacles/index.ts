import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { KubernetesApi, ObjectReference } from '../../../../host/kubernetes/kubernetes-api.ts';
import { warningsAbout } from './events.ts';
import { podLine, podOf } from './pod.ts';

const labels = z.record(z.string(), z.string());
/** The selector of a workload or of a service. */
const selector = z.object({
  spec: z.looseObject({
    selector: z.union([z.looseObject({ matchLabels: labels }).transform(({ matchLabels }) => matchLabels), labels]),
  }),
});

/** At most this many pods and as many events are told. */
const MOST = 5;

/**
 * Tells why an object does not get where it should: the reasons of its pods, and the latest warnings about them. It
 * never throws.
 */
export async function obstacles(
  api: KubernetesApi,
  reference: ObjectReference,
  object: KubernetesObject | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const names = new Set([reference.name]);
    const lines: string[] = [];
    const selected = selector.safeParse(object);
    if (selected.success) {
      const { namespace = 'default' } = reference;
      const wanted = Object.entries(selected.data.spec.selector);
      const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { signal });
      for (const pod of pods.map(podOf)) {
        if (!pod || !wanted.every(([key, value]) => pod.metadata.labels[key] === value)) continue;
        names.add(pod.metadata.name);
        const line = podLine(pod);
        if (line !== undefined) lines.push(line);
      }
    }
    // Events about nodes are in the namespace "default".
    const warnings = await warningsAbout(api, reference.namespace ?? 'default', names, signal);
    return [...lines.slice(0, MOST), ...warnings.slice(-MOST).map(({ line }) => line)];
  } catch {
    return [];
  }
}

import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { KubernetesApi, ObjectReference } from '../../host/kubernetes-api.ts';

const selector = z.object({
  spec: z.looseObject({ selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }) }),
});
const containerState = z.looseObject({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().default(''), message: z.string().default('') }).optional(),
      terminated: z.looseObject({ reason: z.string().default(''), exitCode: z.number().default(0) }).optional(),
    })
    .prefault({}),
});
const pod = z.object({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({ nodeName: z.string().optional() }).prefault({}),
  status: z
    .looseObject({
      phase: z.string().default('Unknown'),
      initContainerStatuses: z.array(containerState).default([]),
      containerStatuses: z.array(containerState).default([]),
    })
    .prefault({}),
});
const event = z.object({
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  involvedObject: z.looseObject({ kind: z.string().default(''), name: z.string().default('') }).prefault({}),
});

/** How many pods and events are told. */
const MOST = 5;

function podLines(object: KubernetesObject): { name: string; line: string }[] {
  const parsed = pod.safeParse(object);
  if (!parsed.success) return [];
  const { metadata, spec, status } = parsed.data;
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  const reasons = containers.flatMap(({ name, ready, state }) => {
    if (ready) return [];
    if (state.waiting?.reason)
      return [`${name}: ${[state.waiting.reason, state.waiting.message].filter(Boolean).join(', ')}`];
    if (state.terminated && state.terminated.exitCode !== 0)
      return [`${name}: ended with exit status ${state.terminated.exitCode} (${state.terminated.reason})`];
    return [];
  });
  if (reasons.length === 0 && status.phase === 'Running') return [];
  const where = spec.nodeName === undefined ? 'not scheduled' : `on ${spec.nodeName}`;
  return [{ name: metadata.name, line: `pod ${metadata.name} (${where}): ${reasons.join('; ') || status.phase}` }];
}

/** The same lines without those that differ from another only in numbers (attempts, ports). */
function distinct(lines: readonly string[]): string[] {
  return [...new Map(lines.map((line) => [line.replace(/\d+/g, '0'), line])).values()];
}

/** Why an object does not get where it should: its pods' reasons and the latest warnings about them. Never throws. */
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
    if (selected.success && reference.namespace !== undefined) {
      const labels = Object.entries(selected.data.spec.selector.matchLabels);
      const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace: reference.namespace }, { signal });
      for (const each of pods) {
        const parsed = pod.safeParse(each);
        if (!parsed.success || !labels.every(([key, value]) => parsed.data.metadata.labels[key] === value)) continue;
        names.add(parsed.data.metadata.name);
        lines.push(...podLines(each).map(({ line }) => line));
      }
    }
    // Events about nodes lie in the namespace "default".
    const events = await api.list(
      { apiVersion: 'v1', kind: 'Event', namespace: reference.namespace ?? 'default' },
      { signal },
    );
    const warnings = events
      .flatMap((each) => {
        const parsed = event.safeParse(each);
        return parsed.success && parsed.data.type === 'Warning' && names.has(parsed.data.involvedObject.name)
          ? [parsed.data]
          : [];
      })
      .sort((a, b) => (a.lastTimestamp ?? a.eventTime ?? '').localeCompare(b.lastTimestamp ?? b.eventTime ?? ''))
      .map(
        ({ involvedObject, reason, message }) => `${involvedObject.kind} ${involvedObject.name}: ${reason}, ${message}`,
      );
    return [...lines.slice(0, MOST), ...distinct(warnings).slice(-MOST)];
  } catch {
    return [];
  }
}

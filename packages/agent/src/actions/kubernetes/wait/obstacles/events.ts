import * as z from 'zod';
import type { KubernetesApi } from '../../../../host/kubernetes/kubernetes-api.ts';

const event = z.object({
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  involvedObject: z.looseObject({ kind: z.string().default(''), name: z.string().default('') }).prefault({}),
});
type Event = z.infer<typeof event>;

const timeOf = ({ lastTimestamp, eventTime }: Event) => lastTimestamp ?? eventTime ?? '';

/** A warning about an object. */
export interface Warning {
  /** Name of the object. */
  about: string;
  /** Such as "Pod x: Unhealthy, Readiness probe failed: ...". */
  line: string;
}

/** The warnings about objects of these names in a namespace, the latest last; of those that differ in numbers only one. */
export async function warningsAbout(
  api: KubernetesApi,
  namespace: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Warning[]> {
  const events = await api.list({ apiVersion: 'v1', kind: 'Event', namespace }, { signal });
  const warnings = events
    .flatMap((each) => {
      const parsed = event.safeParse(each);
      return parsed.success && parsed.data.type === 'Warning' && names.has(parsed.data.involvedObject.name)
        ? [parsed.data]
        : [];
    })
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .map(({ involvedObject, reason, message }) => ({
      about: involvedObject.name,
      line: `${involvedObject.kind} ${involvedObject.name}: ${reason}, ${message.trim()}`,
    }));
  // Attempts and ports: the latest of the same kind says it all. Deleting first keeps the order of time.
  const distinct = new Map<string, Warning>();
  for (const warning of warnings) {
    const key = warning.line.replace(/\d+/g, '0');
    distinct.delete(key);
    distinct.set(key, warning);
  }
  return [...distinct.values()];
}

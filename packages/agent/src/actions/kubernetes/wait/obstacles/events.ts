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

/** A warning about an object, from an event. */
export interface Warning {
  /** The name of the object. */
  about: string;
  /** A line such as "Pod x: Unhealthy, Readiness probe failed: ...". */
  line: string;
}

/**
 * Returns the warnings about objects of these names in a namespace, the latest one last. Of warnings that differ only
 * in numbers, only the latest is returned.
 */
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
  // The numbers are counts of attempts and ports, so the latest of the same kind says everything. Deleting the key
  // first keeps the order of time.
  const distinct = new Map<string, Warning>();
  for (const warning of warnings) {
    const key = warning.line.replace(/\d+/g, '0');
    distinct.delete(key);
    distinct.set(key, warning);
  }
  return [...distinct.values()];
}

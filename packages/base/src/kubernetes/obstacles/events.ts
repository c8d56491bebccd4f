import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { KubernetesApi } from '../kubernetes-api.ts';

const event = z.object({
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  involvedObject: z.looseObject({ kind: z.string().default(''), name: z.string().default('') }).prefault({}),
});
type Event = z.infer<typeof event>;

/** When an event was last seen, as an ISO time; '' when it does not say. */
const timeOf = ({ lastTimestamp, eventTime }: Event) => lastTimestamp ?? eventTime ?? '';

/** Something that an event says about an object. */
export interface Said {
  /** The name of the object. */
  about: string;
  /** A line such as "Pod x: Unhealthy, Readiness probe failed: ...". */
  line: string;
}

/** What the events say about some objects. */
export interface EventsSaid {
  /** The warnings, the latest one last. Of warnings that differ only in numbers, only the latest is there. */
  warnings: Said[];
  /** The images that are being pulled for pods. */
  pulls: Said[];
}

/** Reads what events say about objects of these names. */
export function readEvents(events: readonly KubernetesObject[], names: ReadonlySet<string>, nowMs: number): EventsSaid {
  const ours = events
    .flatMap((each) => {
      const parsed = event.safeParse(each);
      return parsed.success && names.has(parsed.data.involvedObject.name) ? [parsed.data] : [];
    })
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  return { warnings: warningsIn(ours), pulls: pullsIn(ours, nowMs) };
}

function warningsIn(events: readonly Event[]): Said[] {
  const warnings = events
    .filter(({ type }) => type === 'Warning')
    .map(({ involvedObject, reason, message }) => ({
      about: involvedObject.name,
      line: `${involvedObject.kind} ${involvedObject.name}: ${reason}, ${message.trim()}`,
    }));
  // The numbers are counts of attempts and ports, so the latest of the same kind says everything. Deleting the key
  // first keeps the order of time.
  const distinct = new Map<string, Said>();
  for (const warning of warnings) {
    const key = warning.line.replace(/\d+/g, '0');
    distinct.delete(key);
    distinct.set(key, warning);
  }
  return [...distinct.values()];
}

/** How long a pull has taken is told in steps of so many seconds, so that it is not news with every look. */
const STEP_SECONDS = 15;
/** A pull that was not heard of for this long has ended without a word, as when its event was dropped. */
const FORGOTTEN_SECONDS = 3_600;

function pullsIn(events: readonly Event[], nowMs: number): Said[] {
  const since = new Map<string, { image: string; at: number }>();
  for (const each of events) {
    const { involvedObject, reason, message } = each;
    const image = /image "([^"]+)"/.exec(message)?.[1];
    if (image === undefined || involvedObject.kind !== 'Pod') continue;
    const key = `${involvedObject.name} ${image}`;
    if (reason === 'Pulling') since.set(key, { image, at: Date.parse(timeOf(each)) });
    else since.delete(key);
  }
  return [...since].flatMap(([key, { image, at }]) => {
    const seconds = (nowMs - at) / 1000;
    if (!(seconds < FORGOTTEN_SECONDS)) return [];
    const length = Math.max(0, Math.floor(seconds / STEP_SECONDS) * STEP_SECONDS);
    const how = length === 0 ? '' : `, for ${length} s by now`;
    return [{ about: key.slice(0, key.indexOf(' ')), line: `the image ${image} is being pulled${how}` }];
  });
}

/** Asks for the events of a namespace, and reads what they say about objects of these names. */
export async function eventsAbout(
  api: KubernetesApi,
  namespace: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<EventsSaid> {
  return readEvents(await api.list({ apiVersion: 'v1', kind: 'Event', namespace }, { signal }), names, Date.now());
}

import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { KubernetesApi, ObjectReference } from '../kubernetes-api.ts';
import { eventsAbout } from './events.ts';
import type { Obstacle } from './obstacle.ts';
import { isReady, type Pod, podOf } from './pod.ts';
import { podObstacles, surroundingsOf } from './pods.ts';

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
 * Tells why an object does not get where it should: what keeps its pods, and the latest warnings about the object
 * itself. It never throws.
 */
export async function obstacles(
  api: KubernetesApi,
  reference: ObjectReference,
  object: KubernetesObject | undefined,
  signal: AbortSignal,
): Promise<Obstacle[]> {
  const selected = selector.safeParse(object);
  const wanted = selected.success ? selected.data.spec.selector : undefined;
  return await obstaclesOf(api, { namespace: reference.namespace, names: [reference.name], podLabels: wanted }, signal);
}

/** The objects whose obstacles are looked for. */
export interface Looked {
  /** Events about objects of the cluster as a whole, such as nodes, are in the namespace "default". */
  namespace: string | undefined;
  /** The names of the objects other than pods. */
  names: readonly string[];
  /** The labels of their pods; undefined when they have none. */
  podLabels: Readonly<Record<string, string>> | undefined;
}

/** Does the same as {@link obstacles} for several objects that belong together. */
export async function obstaclesOf(api: KubernetesApi, looked: Looked, signal: AbortSignal): Promise<Obstacle[]> {
  const { namespace = 'default', names, podLabels } = looked;
  try {
    const pods = podLabels === undefined ? [] : await podsWith(api, namespace, podLabels, signal);
    const all = new Set([...names, ...pods.map(({ metadata }) => metadata.name)]);
    const [said, surroundings] = await Promise.all([
      eventsAbout(api, namespace, all, signal),
      surroundingsOf(api, pods, signal),
    ]);
    const ofPods = podObstacles(pods, { said, ...surroundings });
    const gone = (name: string) => names.includes(name) || pods.every(({ metadata }) => metadata.name !== name);
    const others = said.warnings.filter(({ about }) => gone(about));
    return [...summed(ofPods), ...others.slice(-MOST).map(({ line }) => ({ line }))];
  } catch {
    return [];
  }
}

/** Of many pods that are kept, only some are told. */
function summed(obstacles: Obstacle[]): Obstacle[] {
  if (obstacles.length <= MOST) return obstacles;
  const left = obstacles.length - MOST + 1;
  return [...obstacles.slice(0, MOST - 1), { line: `and ${left} more pods that are not ready` }];
}

async function podsWith(
  api: KubernetesApi,
  namespace: string,
  wanted: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Pod[]> {
  const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { signal });
  return pods.flatMap((object) => {
    const pod = podOf(object);
    const ours = pod && Object.entries(wanted).every(([key, value]) => pod.metadata.labels[key] === value);
    return ours && pod.metadata.deletionTimestamp === undefined && !isReady(pod) ? [pod] : [];
  });
}

import type { KubernetesObject } from '@vhive/shared';
import type { KubernetesApi } from '../kubernetes-api.ts';
import type { EventsSaid } from './events.ts';
import { finalReason } from './final-reason.ts';
import type { Obstacle } from './obstacle.ts';
import { isReady, type Pod, podLine } from './pod.ts';
import { type ClusterNow, finalUnschedulable, unscheduledMessage } from './unschedulable.ts';

/** What is known beside the pods themselves. */
export interface PodSurroundings {
  said: EventsSaid;
  /** Nodes and leaving pods; undefined where nobody has asked, or may not ask. */
  cluster?: ClusterNow | undefined;
  /** The last lines that crashing containers printed, by `namespace/pod/container`. */
  lastLines?: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * Tells what keeps pods, one line for each that is not ready: its containers, the image that is being pulled for it,
 * the latest warning about it and the last words of what crashes. Those that waiting does not heal come first.
 */
export function podObstacles(pods: readonly Pod[], { said, cluster, lastLines }: PodSurroundings): Obstacle[] {
  const found = pods.flatMap((pod): Obstacle[] => {
    const line = podLine(pod);
    if (line === undefined) return [];
    const { namespace, name } = pod.metadata;
    const words = crashing(pod).flatMap((container) => lastLines?.get(`${namespace}/${name}/${container}`) ?? []);
    const pull = said.pulls.find(({ about }) => about === name);
    const more = [
      words.length > 0 ? `its last words: ${words.join(' | ')}` : '',
      pull?.line,
      latestWarning(pod, said),
    ].filter(Boolean);
    const final =
      containersOf(pod)
        .map((status) => finalReason(pod, status))
        .find((each) => each !== undefined) ??
      (cluster && finalUnschedulable(pod, cluster));
    return [{ line: [line, ...more].join('; '), final }];
  });
  return found.toSorted((a, b) => Number(b.final !== undefined) - Number(a.final !== undefined));
}

const containersOf = ({ status }: Pod) => [...status.initContainerStatuses, ...status.containerStatuses];

/** Returns the names of the containers of a pod that end again and again. */
function crashing(pod: Pod): string[] {
  return containersOf(pod)
    .filter(({ state }) => state.waiting?.reason === 'CrashLoopBackOff')
    .map(({ name }) => name);
}

/** The latest warning about a pod, without what its containers say already. */
function latestWarning(pod: Pod, { warnings }: EventsSaid): string | undefined {
  const own = warnings.filter(({ about }) => about === pod.metadata.name);
  // Later events only repeat that the image could not be pulled; this one has what the registry said.
  const pull = own.findLast(({ line }) => line.includes('Failed to pull image'));
  const last = (own.at(-1)?.line.includes('ImagePull') && pull ? pull : own.at(-1))?.line
    .split(': ')
    .slice(1)
    .join(': ');
  if (last === undefined || isToldAlready(pod, last)) return undefined;
  return `last event: ${last}`;
}

/** Whether an event only repeats what the pod itself says, as the scheduler's and those about a container's state do. */
function isToldAlready(pod: Pod, text: string): boolean {
  const own = [
    unscheduledMessage(pod),
    ...containersOf(pod).flatMap(({ state }) => [state.waiting?.message ?? '', state.waiting?.reason ?? '']),
  ];
  return own.some((each) => each !== '' && text.replace(/^\w+, (?:Error: )?/, '') === each);
}

/** At most so many crashing containers are asked for their last words, and for so many lines. */
const ASKED = { containers: 2, lines: 3 } as const;

/** Asks for what makes the reasons of pods clear: their crashing containers' last words, and the nodes. */
export async function surroundingsOf(
  api: KubernetesApi,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<Omit<PodSurroundings, 'said'>> {
  const crashed = pods
    .flatMap((pod) => crashing(pod).map((container) => ({ ...pod.metadata, container })))
    .slice(0, ASKED.containers);
  const words = crashed.map(async ({ namespace, name, container }) => {
    const asked = { namespace, pod: name, container, lines: ASKED.lines };
    return [`${namespace}/${name}/${container}`, await api.lastWords(asked, { signal }).catch(() => [])] as const;
  });
  const [lastLines, cluster] = await Promise.all([Promise.all(words), clusterOf(api, pods, signal)]);
  return { lastLines: new Map(lastLines), cluster };
}

async function clusterOf(
  api: KubernetesApi,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<ClusterNow | undefined> {
  if (!pods.some((pod) => !isReady(pod) && unscheduledMessage(pod) !== '')) return undefined;
  try {
    const [nodes, all] = await Promise.all(
      ['Node', 'Pod'].map((kind) => api.list({ apiVersion: 'v1', kind }, { signal })),
    );
    const isLeaving = ({ metadata }: KubernetesObject) =>
      (metadata as { deletionTimestamp?: unknown }).deletionTimestamp !== undefined;
    return { nodes: nodes ?? [], isMakingRoom: (all ?? []).some(isLeaving) };
  } catch {
    // A worker may see its own node only.
    return undefined;
  }
}

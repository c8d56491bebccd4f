import type { KubernetesObject } from '@vhive/shared';
import type { KubernetesApi } from '../../../../host/kubernetes/kubernetes-api.ts';
import { hasCondition } from '../conditions.ts';
import { warningsAbout } from '../obstacles/events.ts';
import { isReady, type Pod, podLine, podOf } from '../obstacles/pod.ts';
import type { Sight, WaitTarget } from './wait-target.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod' };
const NODES = { apiVersion: 'v1', kind: 'Node' };
const JOBS = { apiVersion: 'batch/v1', kind: 'Job' };

/** How many pods are told about. */
const MOST = 5;

const titleOf = ({ metadata }: Pod) => `${metadata.namespace}/${metadata.name}`;

/** What besides itself decides whether a pod is settled. */
interface Surroundings {
  /** Jobs that have completed, as namespace/name. */
  completedJobs: ReadonlySet<string>;
  /** Names of nodes that are not Ready. */
  lostNodes: ReadonlySet<string>;
}

/**
 * Whether a pod stands in the way of a settled cluster. Not when it is on its way out; nor when it failed and another
 * did or does its work: of a Job that completed later, or of a controller that makes a new one in its place, which is
 * judged itself (evicted pods stay as a record); nor when its node is not Ready, which is said elsewhere: one lost worker,
 * to which DaemonSets send their pods all the same, does not hold the cluster up.
 */
function isUnsettled(pod: Pod, { completedJobs, lostNodes }: Surroundings): boolean {
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp !== undefined || status.phase === 'Succeeded' || isReady(pod)) return false;
  if (spec.nodeName !== undefined && lostNodes.has(spec.nodeName)) return false;
  if (status.phase !== 'Failed') return true;
  const owner = metadata.ownerReferences.find(({ controller }) => controller);
  if (owner?.kind === 'Job') return !completedJobs.has(`${metadata.namespace}/${owner.name}`);
  return owner === undefined || owner.kind === 'Node';
}

const completedOf = (jobs: readonly KubernetesObject[]): ReadonlySet<string> =>
  new Set(
    jobs
      .filter((job) => hasCondition(job, 'Complete'))
      .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`),
  );

const lostOf = (nodes: readonly KubernetesObject[]): ReadonlySet<string> =>
  new Set(nodes.filter((node) => !hasCondition(node, 'Ready')).map(({ metadata }) => metadata.name));

function sightOf(unsettled: readonly Pod[], count: number): Sight {
  const names = unsettled.slice(0, MOST).map(titleOf).join(', ');
  const more = unsettled.length > MOST ? ` and ${unsettled.length - MOST} more` : '';
  return {
    reached: unsettled.length === 0,
    outputs: {},
    state: unsettled.length === 0 ? 'reached' : `${unsettled.length} of ${count} pods are not settled: ${names}${more}`,
  };
}

/** Every pod in every namespace is Running with all containers ready, or Completed, on nodes that are Ready. */
export function podsSettled(): WaitTarget {
  let unsettled: Pod[] = [];
  const judge = (pods: readonly KubernetesObject[], surroundings: Surroundings) => {
    unsettled = pods.map(podOf).filter((pod) => pod !== undefined && isUnsettled(pod, surroundings)) as Pod[];
    return sightOf(unsettled, pods.length);
  };
  return {
    title: 'pods of all namespaces',
    async look(api, signal) {
      const [pods, jobs, nodes] = await Promise.all([PODS, JOBS, NODES].map((kind) => api.list(kind, { signal })));
      return judge(pods ?? [], { completedJobs: completedOf(jobs ?? []), lostNodes: lostOf(nodes ?? []) });
    },
    async follow(api, see, signal) {
      const ended = new AbortController();
      const all = { signal: AbortSignal.any([signal, ended.signal]) };
      let pods: readonly KubernetesObject[] | undefined;
      let completedJobs: ReadonlySet<string> | undefined;
      let lostNodes: ReadonlySet<string> | undefined;
      let sight: Sight | undefined;
      const settled = () => {
        if (!pods || !completedJobs || !lostNodes) return false;
        sight = judge(pods, { completedJobs, lostNodes });
        see(sight);
        return sight.reached;
      };
      const watch = (kind: typeof PODS, take: (now: readonly KubernetesObject[]) => void) =>
        api.waitForList(
          kind,
          (now) => {
            take(now);
            return settled();
          },
          all,
        );
      const watches = [
        watch(PODS, (now) => {
          pods = now;
        }),
        watch(JOBS, (now) => {
          completedJobs = completedOf(now);
        }),
        watch(NODES, (now) => {
          lostNodes = lostOf(now);
        }),
      ];
      try {
        await Promise.race(watches);
      } finally {
        ended.abort();
        await Promise.allSettled(watches);
      }
      return sight ?? sightOf([], 0);
    },
    async obstacles(api, signal) {
      try {
        return await explain(api, unsettled.slice(0, MOST), signal);
      } catch {
        return [];
      }
    },
  };
}

/** Each pod's own reasons, with the latest warning about it (a failing probe, an image that cannot be pulled). */
async function explain(api: KubernetesApi, pods: readonly Pod[], signal: AbortSignal): Promise<string[]> {
  const namespaces = Map.groupBy(pods, ({ metadata }) => metadata.namespace);
  const lines = await Promise.all(
    [...namespaces].map(async ([namespace, members]) => {
      const names = new Set(members.map(({ metadata }) => metadata.name));
      const warnings = await warningsAbout(api, namespace, names, signal).catch(() => []);
      return members.map((pod) => {
        const last = warnings
          .findLast(({ about }) => about === pod.metadata.name)
          ?.line.split(': ')
          .slice(1)
          .join(': ');
        return [podLine(pod), last && `last event: ${last}`].filter(Boolean).join('; ');
      });
    }),
  );
  return lines.flat();
}

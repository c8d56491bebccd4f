import { hasCondition, jobFailure } from '@vhive/base/kubernetes/conditions';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { eventsAbout } from '@vhive/base/kubernetes/obstacles/events';
import type { Obstacle } from '@vhive/base/kubernetes/obstacles/obstacle';
import { isReady, type Pod, podOf } from '@vhive/base/kubernetes/obstacles/pod';
import { podObstacles, surroundingsOf } from '@vhive/base/kubernetes/obstacles/pods';
import type { KubernetesObject } from '@vhive/shared';
import type { Sight, WaitTarget } from './wait-target.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod' };
const NODES = { apiVersion: 'v1', kind: 'Node' };
const JOBS = { apiVersion: 'batch/v1', kind: 'Job' };

/** At most this many pods are told about. */
const MOST = 5;
/** So many are looked at closely, to find those that waiting does not heal. */
const LOOKED_AT = 50;

const titleOf = ({ metadata }: Pod) => `${metadata.namespace}/${metadata.name}`;

/** What decides, beside the pod itself, whether it is settled. */
interface Surroundings {
  /** The Jobs that have completed, as namespace/name. */
  completedJobs: ReadonlySet<string>;
  /** The names of the nodes that are not Ready. */
  lostNodes: ReadonlySet<string>;
}

/**
 * Tells whether a pod stands in the way of a settled cluster. It does not when it is being deleted. It does not either
 * when it has failed and another pod did or does its work: a Job completed later, or a controller made a new pod in its
 * place, which is judged itself (evicted pods stay as a record). Nor does a pod whose node is not Ready, which is
 * reported elsewhere: one lost worker, to which DaemonSets still send their pods, must not hold up the cluster.
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

/**
 * Waits until every pod in every namespace is Running with all containers ready, or Completed. Pods on nodes that are
 * not Ready do not count.
 */
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
        return (await explain(api, unsettled.slice(0, LOOKED_AT), signal)).slice(0, MOST);
      } catch {
        return [];
      }
    },
  };
}

/** Tells what keeps each pod. */
async function explain(api: KubernetesApi, pods: readonly Pod[], signal: AbortSignal): Promise<Obstacle[]> {
  const namespaces = Map.groupBy(pods, ({ metadata }) => metadata.namespace);
  const surroundings = await surroundingsOf(api, pods, signal);
  const found = await Promise.all(
    [...namespaces].map(async ([namespace, members]) => {
      const names = new Set(members.map(({ metadata }) => metadata.name));
      const said = await eventsAbout(api, namespace, names, signal).catch(() => ({ warnings: [], pulls: [] }));
      return podObstacles(members, { said, ...surroundings });
    }),
  );
  const all = [...(await failedJobs(api, pods, signal)), ...found.flat()];
  return all.toSorted((a, b) => Number(b.final !== undefined) - Number(a.final !== undefined));
}

/** Tells which Jobs of these pods have failed for good: their pods stay as a record, and no other one is made. */
async function failedJobs(api: KubernetesApi, pods: readonly Pod[], signal: AbortSignal): Promise<Obstacle[]> {
  const owners = new Set(
    pods.flatMap(({ metadata }) =>
      metadata.ownerReferences.filter(({ kind }) => kind === 'Job').map(({ name }) => `${metadata.namespace}/${name}`),
    ),
  );
  if (owners.size === 0) return [];
  return (await api.list(JOBS, { signal })).flatMap((job): Obstacle[] => {
    const { namespace = 'default', name } = job.metadata;
    const failure = jobFailure(job);
    if (failure === undefined || !owners.has(`${namespace}/${name}`)) return [];
    const hint = `kubectl -n ${namespace} describe job ${name}`;
    return [{ line: `Job ${namespace}/${name}: ${failure}`, final: { key: `${namespace}/${name}`, holdMs: 0, hint } }];
  });
}

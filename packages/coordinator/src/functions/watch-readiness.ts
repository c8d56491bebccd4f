import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { pause } from '@vhive/base/retry/sleep';
import type { ReadyChange, ReadyHistory } from '@vhive/core/load/cold-or-warm';
import { functionsOf, viewOf } from './function-view.ts';
import { type PodCounts, watchPodCounts } from './pod-counts.ts';

/** The pods are to be told within so many milliseconds; what comes later is not known in the beginning. */
const FIRST_TOLD_MS = 5_000;

/** The pods of endpoints, which are watched until this is disposed of. */
export interface WatchedReadiness extends AsyncDisposable {
  /** Returns what was told of the pods of an endpoint, by its index; undefined for one that is no function here. */
  historyOf(endpoint: number): ReadyHistory | undefined;
}

interface History extends ReadyHistory {
  changes: ReadyChange[];
}

/**
 * Begins to watch the pods of the functions that have these host names, and returns when all were told of. Rejects where
 * the API server does not answer; when it does so later, no more is told.
 */
export async function watchReadiness(
  api: Pick<KubernetesApi, 'list' | 'waitForList'>,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<WatchedReadiness> {
  const stopping = new AbortController();
  const histories = new Map<string, History>();
  const watches: Promise<void>[] = [];
  const firsts: Promise<void>[] = [];
  for (const [namespace, functions] of await functionsByNamespace(api, hosts, signal)) {
    const own = new Map([...functions].map(([name, host]) => [name, { host, history: { changes: [] } as History }]));
    for (const { host, history } of own.values()) histories.set(host, history);
    const first = Promise.withResolvers<void>();
    firsts.push(first.promise);
    const told = (counts: ReadonlyMap<string, PodCounts>) => {
      for (const [name, count] of counts) note(own.get(name)?.history, count);
      first.resolve();
    };
    const watch = watchPodCounts(api, { namespace, functions: [...functions.keys()] }, told, stopping.signal);
    watches.push(
      watch
        .catch(() => undefined)
        .finally(() => {
          const until = Date.now();
          for (const { history } of own.values()) history.until = until;
          first.resolve();
        }),
    );
  }
  await Promise.race([Promise.all(firsts), pause(FIRST_TOLD_MS, signal)]);
  return {
    historyOf: (endpoint) => histories.get(hosts[endpoint] ?? ''),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all(watches);
    },
  };
}

function note(history: History | undefined, { ready, unready, pending }: PodCounts): void {
  if (history === undefined) return;
  const coming = unready + pending;
  const before = history.changes.at(-1);
  if (before?.ready !== ready || before.coming !== coming) history.changes.push({ at: Date.now(), ready, coming });
}

/**
 * Finds the functions that have these host names: by namespace, the host name of each by its name. A host name has the
 * function and its namespace in front, and the function itself says whether it is the one.
 */
async function functionsByNamespace(
  api: Pick<KubernetesApi, 'list'>,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Map<string, string>>> {
  const wanted = new Map(hosts.map((host) => [host.replace(/:\d+$/, ''), host]));
  const namespaces = new Set([...wanted.keys()].map((host) => host.split('.')[1] ?? '').filter((name) => name !== ''));
  const found = await Promise.all(
    [...namespaces].map(async (namespace) => {
      const views = (await api.list(functionsOf(namespace), { signal })).map((object) => viewOf(object, []));
      const own = views.flatMap(({ name, url }) => {
        const host = url === null ? undefined : wanted.get(new URL(url).hostname);
        return host === undefined ? [] : [[name, host] as const];
      });
      return [namespace, new Map(own)] as const;
    }),
  );
  return new Map(found.filter(([, functions]) => functions.size > 0));
}

import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { KubernetesObject } from '@vhive/shared';
import { expect, it } from 'vitest';
import { watchReadiness } from './watch-readiness.ts';

const object = (kind: string, name: string, namespace: string, rest: object): KubernetesObject =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...rest }) as KubernetesObject;
const functions = [
  object('Service', 'f', 'a', { status: { url: 'http://f.a.example.org' } }),
  object('Service', 'g', 'a', { status: { url: 'http://g.a.elsewhere.org' } }),
  object('Service', 'h', 'b', { status: { url: 'https://h.b.example.org' } }),
  object('Service', 'new', 'b', {}),
];
const ready = object('Pod', 'p', 'a', {
  metadata: { name: 'p', namespace: 'a', labels: { 'serving.knative.dev/service': 'f' } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

interface Watched {
  tell(pods: readonly KubernetesObject[]): void;
  fail(error: Error): void;
}

/** An API with these functions, whose watches of pods are told by the test, by namespace. */
function apiOf(): { api: Pick<KubernetesApi, 'list' | 'waitForList'>; watches: Map<string, Watched> } {
  const watches = new Map<string, Watched>();
  const api: Pick<KubernetesApi, 'list' | 'waitForList'> = {
    list: async ({ namespace }) => functions.filter(({ metadata }) => metadata.namespace === namespace),
    waitForList: ({ namespace = '' }, until, { signal }) =>
      new Promise((_, reject) => {
        watches.set(namespace, { tell: (pods) => void until(pods), fail: reject });
        signal.addEventListener('abort', () => reject(signal.reason));
        until([]);
      }),
  };
  return { api, watches };
}

const { signal } = new AbortController();

it('tells the pods of the functions that have these host names, each change once', async () => {
  const { api, watches } = apiOf();
  const hosts = ['f.a.example.org', 'g.a.example.org', 'h.b.example.org:80', 'no-function', '10.0.0.1'];
  const before = Date.now();
  await using readiness = await watchReadiness(api, hosts, signal);
  expect([...watches.keys()].toSorted()).toEqual(['a', 'b']);
  watches.get('a')?.tell([ready]);
  watches.get('a')?.tell([ready]);
  watches.get('a')?.tell([]);
  const history = readiness.historyOf(0);
  expect(history?.changes.map(({ ready, coming }) => [ready, coming])).toEqual([
    [0, 0],
    [1, 0],
    [0, 0],
  ]);
  expect(history?.changes.every(({ at }) => at >= before && at <= Date.now())).toBe(true);
  expect(readiness.historyOf(2)?.changes).toHaveLength(1);
  // Another function has that name, and the others are none.
  expect([1, 3, 4].map((endpoint) => readiness.historyOf(endpoint))).toEqual([undefined, undefined, undefined]);
});

it('knows since when nothing more was told', async () => {
  const { api, watches } = apiOf();
  await using readiness = await watchReadiness(api, ['f.a.example.org'], signal);
  expect(readiness.historyOf(0)?.until).toBeUndefined();
  watches.get('a')?.fail(new Error('the server is gone'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(readiness.historyOf(0)?.until).toBeLessThanOrEqual(Date.now());
});

import { createKubernetesClient } from '@vhive/base/kubernetes/kubernetes-client';
import type { KubernetesObject } from '@vhive/shared';
import { expect, test, vi } from 'vitest';
import { KubernetesServer } from '../support/kubernetes-server.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod' };
const pod = (name: string, phase = 'Running', namespace = 'default'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  status: { phase },
});
const names = (objects: readonly KubernetesObject[]) => objects.map(({ metadata }) => metadata.name).sort();

/** Follows all pods. Returns what was seen each time. */
async function follow(server: KubernetesServer, until: (names: string[]) => boolean) {
  const api = await createKubernetesClient(server.kubeconfig);
  const seen: string[][] = [];
  const ended = new AbortController();
  const done = api.waitForList(
    PODS,
    (objects) => {
      seen.push(names(objects));
      return until(names(objects));
    },
    { signal: AbortSignal.any([ended.signal, AbortSignal.timeout(20_000)]) },
  );
  done.catch(() => undefined);
  const watching = () => vi.waitFor(() => expect(server.watching).toBe(1), { interval: 5, timeout: 10_000 });
  return { seen, done, watching, ended };
}
const lists = (server: KubernetesServer) =>
  server.requests.filter(({ path, query }) => path === '/api/v1/pods' && !query.has('watch'));
const watches = (server: KubernetesServer) => server.requests.filter(({ query }) => query.has('watch'));

test('pods of all namespaces are followed as they come, change and go, with one list', async () => {
  await using server = await KubernetesServer.start();
  server.put(pod('a'));
  server.put(pod('a', 'Running', 'other'));
  const { seen, done, watching } = await follow(server, (all) => all.includes('c'));
  await watching();
  server.put(pod('b'));
  server.put(pod('b', 'Failed'));
  server.remove(pod('b'));
  server.put(pod('c'));
  const found = await done;
  expect(names(found)).toEqual(['a', 'a', 'c']);
  expect(found.every(({ kind, apiVersion }) => kind === 'Pod' && apiVersion === 'v1')).toBe(true);
  expect(seen).toEqual([
    ['a', 'a'],
    ['a', 'a', 'b'],
    ['a', 'a', 'b'],
    ['a', 'a'],
    ['a', 'a', 'c'],
  ]);
  expect(lists(server)).toHaveLength(1);
  await vi.waitFor(() => expect(server.watching).toBe(0));
});

test('a watch that the server ends is taken up at the last bookmark, without another list', async () => {
  await using server = await KubernetesServer.start();
  const { done, watching } = await follow(server, (all) => all.includes('b'));
  await watching();
  server.put(pod('a'));
  server.bookmark();
  // The changes before the bookmark are forgotten, so a watch can only go on from the bookmark.
  server.expire();
  server.endWatches('in order');
  server.put(pod('b'));
  expect(names(await done)).toEqual(['a', 'b']);
  expect(lists(server)).toHaveLength(1);
  const [first, second] = watches(server).map(({ query }) => Number(query.get('resourceVersion')));
  expect(second).toBe((first ?? 0) + 1001);
});

test('a version that is too old begins with a new list; what was deleted meanwhile is gone', async () => {
  await using server = await KubernetesServer.start();
  server.put(pod('a'));
  const { done, watching } = await follow(server, (all) => all.includes('b'));
  await watching();
  server.endWatches('in order');
  server.remove(pod('a'));
  server.put(pod('b'));
  server.expire();
  expect(names(await done)).toEqual(['b']);
  expect(lists(server)).toHaveLength(2);
});

test('a broken connection and an unwilling server are outlasted', async () => {
  await using server = await KubernetesServer.start();
  const { done, watching } = await follow(server, (all) => all.includes('b'));
  await watching();
  let refusals = 0;
  server.refuse = ({ method }) => {
    refusals += 1;
    if (method !== 'GET' || refusals > 2) return undefined;
    return refusals === 1
      ? { code: 503, reason: 'ServiceUnavailable', message: 'apiserver is shutting down' }
      : { code: 410, reason: 'Expired', message: 'too old resource version' };
  };
  server.endWatches('broken');
  server.put(pod('b'));
  expect(names(await done)).toEqual(['b']);
  expect(refusals).toBeGreaterThan(2);
});

test('a long list comes in pages', async () => {
  await using server = await KubernetesServer.start();
  server.pageSize = 2;
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(pod(name));
  const { done } = await follow(server, () => true);
  expect(names(await done)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(lists(server).map(({ query }) => query.get('continue'))).toEqual([null, '2', '4']);
});

test('an abort ends it and its connection; what the rule throws comes out', async () => {
  await using server = await KubernetesServer.start();
  const { done, watching, ended } = await follow(server, () => false);
  await watching();
  ended.abort(new Error('enough'));
  await expect(done).rejects.toThrow('enough');
  await vi.waitFor(() => expect(server.watching).toBe(0));
  const broken = await follow(server, () => {
    throw new Error('not as expected');
  });
  await expect(broken.done).rejects.toThrow('not as expected');
});

test('one object is followed by its name; those of a namespace without one are in default', async () => {
  await using server = await KubernetesServer.start();
  const api = await createKubernetesClient(server.kubeconfig);
  server.put(pod('other'));
  const seen: (string | undefined)[] = [];
  const done = api.waitFor(
    { ...PODS, name: 'mine' },
    (object) => {
      seen.push(object?.metadata.name);
      return object !== undefined;
    },
    { signal: AbortSignal.timeout(10_000) },
  );
  await vi.waitFor(() => expect(server.watching).toBe(1));
  server.put(pod('other', 'Failed'));
  server.put(pod('mine'));
  expect((await done)?.metadata.name).toBe('mine');
  expect(seen).toEqual([undefined, 'mine']);
  expect(watches(server)[0]?.path).toBe('/api/v1/namespaces/default/pods');
});

test('what the caller throws about a change ends the watch with that', async () => {
  await using server = await KubernetesServer.start();
  const { done, watching } = await follow(server, (all) => {
    if (all.includes('bad')) throw new Error('a pod that nobody wants');
    return false;
  });
  await watching();
  server.put(pod('bad'));
  await expect(done).rejects.toThrow('a pod that nobody wants');
  expect(lists(server)).toHaveLength(1);
});

test('a list that is asked for once comes in pages as well', async () => {
  await using server = await KubernetesServer.start();
  server.pageSize = 2;
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(pod(name));
  const api = await createKubernetesClient(server.kubeconfig);
  expect(names(await api.list(PODS))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(lists(server)).toHaveLength(3);
});

test('who owns which field is not kept of what is watched', async () => {
  await using server = await KubernetesServer.start();
  const owned = (name: string) => {
    const { metadata, ...rest } = pod(name);
    return { ...rest, metadata: { ...metadata, managedFields: [{ manager: 'kubelet' }] } };
  };
  server.put(owned('listed'));
  const { done, watching } = await follow(server, (all) => all.includes('told'));
  await watching();
  server.put(owned('told'));
  expect((await done).map(({ metadata }) => Object.keys(metadata).includes('managedFields'))).toEqual([false, false]);
});

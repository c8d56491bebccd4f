import type { KubernetesObject } from '@vhive/shared';
import { expect, it } from 'vitest';
import { livePods, podCounts, watchPodCounts } from './pod-counts.ts';

const pod = (name: string | undefined, status: object, more: object = {}): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', status },
  metadata: { name: 'p', ...(name === undefined ? {} : { labels: { 'serving.knative.dev/service': name } }), ...more },
});
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const pods = [
  pod('f', ready),
  pod('f', ready, { deletionTimestamp: '2026-03-01T10:00:00Z' }),
  pod('f', { phase: 'Pending' }),
  pod('g', { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] }),
  pod(undefined, ready),
];

it('counts the pods of functions by how they stand', () => {
  const counts = podCounts([...pods, pod('other', ready)], ['f', 'g', 'idle']);
  expect([...counts]).toEqual([
    ['f', { ready: 1, unready: 0, pending: 1, terminating: 1 }],
    ['g', { ready: 0, unready: 1, pending: 0, terminating: 0 }],
    ['idle', { ready: 0, unready: 0, pending: 0, terminating: 0 }],
  ]);
  expect(livePods(counts)).toBe(3);
});

const where = { namespace: 'default', functions: ['f'] };

it('tells each change until the abort', async () => {
  const stop = new AbortController();
  const told: number[] = [];
  const api: Parameters<typeof watchPodCounts>[0] = {
    async waitForList(_, until, { signal }) {
      until(pods.slice(0, 1));
      until([]);
      stop.abort(new Error('over'));
      signal.throwIfAborted();
      return [];
    },
  };
  await watchPodCounts(api, where, (counts) => told.push(livePods(counts)), stop.signal);
  expect(told).toEqual([1, 0]);
  const broken = { waitForList: () => Promise.reject(new Error('forbidden')) };
  await expect(watchPodCounts(broken, where, () => {}, new AbortController().signal)).rejects.toThrow('forbidden');
});

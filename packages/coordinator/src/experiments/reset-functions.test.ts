import { expect, it } from 'vitest';
import type { PodCounts } from '../functions/pod-counts.ts';
import { notAtRest, waitUntilAtRest } from './reset-functions.ts';

const counts = (changed: Partial<PodCounts>): PodCounts => ({
  ...{ ready: 0, unready: 0, pending: 0, terminating: 0 },
  ...changed,
});

it.each<[Partial<PodCounts> | undefined, number, string[]]>([
  [undefined, 0, []],
  [{ ready: 2 }, 2, []],
  [undefined, 1, ['f has no pod instead of 1']],
  [{ terminating: 1 }, 0, ['f has 1 terminating instead of 0']],
  [{ ready: 3, pending: 1 }, 2, ['f has 3 ready, 1 pending instead of 2']],
  [{ ready: 1, unready: 1 }, 1, ['f has 1 ready, 1 not ready instead of 1']],
])('%j with minScale %i', (found, minScale, expected) => {
  const all = new Map(found === undefined ? [] : [['f', counts(found)]]);
  expect(notAtRest(all, [{ name: 'f', minScale }])).toEqual(expected);
});

it('says what is still there when the time is up', async () => {
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', status: { phase: 'Pending' } },
    metadata: { name: 'p', labels: { 'serving.knative.dev/service': 'f' } },
  };
  const api: Parameters<typeof waitUntilAtRest>[0] = {
    waitForList: (_, until, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.throwIfAborted();
        until([pod]);
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  const told: string[] = [];
  const wait = (signal: AbortSignal) =>
    waitUntilAtRest(api, 'default', [{ name: 'f', minScale: 0 }], {
      timeoutMs: 5,
      tell: (why) => told.push(why),
      signal,
    });
  await expect(wait(new AbortController().signal)).rejects.toMatchObject({
    code: 'timeout',
    message: 'the functions are not at rest after 0.005 s: f has 1 pending instead of 0',
  });
  expect(told).toEqual(['f has 1 pending instead of 0']);
  await expect(wait(AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C');
});

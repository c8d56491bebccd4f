import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { Obstacle } from '@vhive/base/kubernetes/obstacles/obstacle';
import type { KubernetesObject } from '@vhive/shared';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Outcome, untilReady } from './until-ready.ts';

const service = (status: object, generation = 1): KubernetesObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'f', namespace: 'here', generation },
  status,
});
const unknown = {
  observedGeneration: 1,
  conditions: [{ type: 'Ready', status: 'Unknown', reason: 'RevisionMissing' }],
};
const no = {
  observedGeneration: 1,
  conditions: [{ type: 'Ready', status: 'False', reason: 'RevisionFailed', message: 'no image' }],
};

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Waits for a function that shows this, and keeps showing it. Resolves with the seconds until that was given up, and why. */
async function givenUp(shown: object, obstacles: Obstacle[], longest = 600) {
  const api = {
    waitFor: (_reference: unknown, until: (now: KubernetesObject) => boolean) =>
      until(service(shown)) ? Promise.resolve(service(shown)) : new Promise(() => undefined),
  } as unknown as KubernetesApi;
  const told: string[][] = [];
  let outcome: Outcome | undefined;
  const options = { timeoutMs: 3_600_000, signal: new AbortController().signal, obstacles: async () => obstacles };
  void untilReady(api, service({}), { ...options, tell: (reasons) => told.push([...reasons]) }).then((found) => {
    outcome = found;
  });
  for (let seconds = 0; seconds <= longest; seconds += 1) {
    if (outcome !== undefined) return { seconds, outcome, told };
    await vi.advanceTimersByTimeAsync(1_000);
  }
  return { seconds: undefined, outcome, told };
}

const final = (line: string, holdMs: number): Obstacle => ({ line, final: { key: 'k', holdMs, hint: '' } });

it('a function that says no is given up soon, one that says not yet is waited for', async () => {
  expect(await givenUp(no, [])).toMatchObject({
    seconds: expect.closeTo(22, -1),
    outcome: { why: 'hopeless', reasons: ['Ready: RevisionFailed, no image'] },
  });
  expect((await givenUp(unknown, [{ line: 'pod: ErrImagePull' }])).seconds).toBeUndefined();
});

it('what waiting does not heal is given up after a tenth of the time that a cluster is given', async () => {
  const { seconds, outcome } = await givenUp(unknown, [final('pod: InvalidImageName', 30_000)]);
  expect(seconds).toBeLessThan(10);
  expect(outcome).toMatchObject({ why: 'hopeless', reasons: ['pod: InvalidImageName', 'Ready: RevisionMissing'] });
});

it('room on the nodes is waited for, also where the function says no, because others may leave it', async () => {
  const { seconds } = await givenUp(no, [final('pod: 0/2 nodes are available: 2 Insufficient cpu.', 45_000)]);
  expect(seconds).toBeGreaterThan(140);
  expect(seconds).toBeLessThan(170);
});

it('a reason is told once, and none in the first seconds', async () => {
  const { told } = await givenUp(unknown, [{ line: 'pod: waits 1; last event: x' }], 30);
  expect(told).toEqual([['pod: waits 1; last event: x', 'Ready: RevisionMissing']]);
});

it('what is Ready of an earlier generation is not Ready', async () => {
  const ready = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };
  expect((await givenUp(ready, [], 3)).outcome).toMatchObject({ ready: { metadata: { name: 'f' } } });
  expect((await givenUp({ ...ready, observedGeneration: 0 }, [], 30)).outcome).toBeUndefined();
});

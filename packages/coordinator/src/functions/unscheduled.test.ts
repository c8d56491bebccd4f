import type { KubernetesObject } from '@vhive/shared';
import { expect, it } from 'vitest';
import { watchUnscheduled } from './unscheduled.ts';

const pod = (name: string, of: string, message: string, spec: object = {}): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', spec },
  metadata: { name, namespace: 'default', labels: { 'serving.knative.dev/service': of } },
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message }] },
});
const short = (cpu: number) => `0/3 nodes are available: ${cpu} Insufficient cpu.`;

it('each reason why pods of these functions find no node is told once', async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const api: Parameters<typeof watchUnscheduled>[0] = {
    async waitForList(_, until, { signal }) {
      until([pod('f-1', 'f', ''), pod('other', 'g', short(3))]);
      until([pod('f-1', 'f', short(3))]);
      until([pod('f-1', 'f', short(2)), pod('f-2', 'f', short(3))]);
      until([pod('f-3', 'f', '0/3 nodes are available: 3 node(s) had untolerated taint {a: b}.')]);
      until([pod('f-4', 'f', 'before it had one', { nodeName: 'n1' })]);
      stop.abort(new Error('over'));
      signal.throwIfAborted();
      return [];
    },
  };
  const watched = { namespace: 'default', functions: ['f'] };
  await watchUnscheduled(api, watched, (text) => told.push(text), stop.signal);
  expect(told).toEqual([
    expect.stringMatching(/^a pod finds no node: pod default\/f-1 \(not scheduled\): Pending, .*3 Insufficient cpu/),
    expect.stringMatching(/^a pod finds no node: pod default\/f-3 .*untolerated taint/),
  ]);
  const broken = { waitForList: () => Promise.reject(new Error('forbidden')) };
  await watchUnscheduled(broken, watched, (text) => told.push(text), new AbortController().signal);
  expect(told.at(-1)).toContain('forbidden');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, makeFunction } from '../lab/cluster/functions.ts';
import { LabCluster } from '../lab/cluster/lab-cluster.ts';

// A cluster of two containers, which carry Istio and Knative, and of host-3, a machine under qemu, which runs a function.

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(2, 'serving', 1);
});

afterAll(() => cluster.down());

it('a cluster with an emulated worker becomes ready', async () => {
  const { result, stderr } = await (await cluster.up()).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready', 'host-3': 'Ready' });
});

it('a function on that worker answers through the gateway', async () => {
  await cluster.kubectl('cordon', 'host-2');
  const annotations = { 'autoscaling.knative.dev/min-scale': '1' };
  await makeFunction(cluster, 'slow', { annotations, readySeconds: 600 });
  const label = 'serving.knative.dev/service=slow';
  expect(await cluster.kubectl('get', 'pods', '-l', label, '-o', 'jsonpath={.items[*].spec.nodeName}')).toBe('host-3');
  // The function tells the kernel that it runs on, which no container of this machine has.
  const kernel = await cluster.run('host-3', ['cat', '/proc/sys/kernel/osrelease']);
  expect(await call(cluster, 'slow', 'kernel')).toContain(kernel);
});

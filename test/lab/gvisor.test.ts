import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, makeFunction, removeFunction } from './cluster/functions.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import { kernelOfPod } from './cluster/stack.ts';

// gVisor is real. The cluster is one of its own, because the sandbox of nodes that have joined stays as it is. What
// gVisor has no part in is left out of it.

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(2, 'full');
  await cluster.set(['sandbox'], 'gvisor');
  await cluster.set(['knative'], { eventing: false });
  await cluster.set(['registry'], { local: false });
});

afterAll(() => cluster.down());

it('is set up, and the test function runs in it', async () => {
  const { result, stderr } = await (await cluster.up()).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(result.smokeTest?.reply).toMatch(/^Hello, /);
});

it('is the kernel of a pod that asks for it, and of no other', async () => {
  const [inside, outside] = [await kernelOfPod(cluster, 'inside', 'gvisor'), await kernelOfPod(cluster, 'outside')];
  expect(inside).toMatch(/^Linux version \S+-gvisor /);
  expect(outside).toBe(await cluster.run('host-2', ['cat', '/proc/version']));
});

it('is the kernel of a function that asks for it', async () => {
  await makeFunction(cluster, 'sandboxed', { spec: { runtimeClassName: 'gvisor' } });
  expect(await call(cluster, 'sandboxed', 'kernel')).toContain('-gvisor');
  await removeFunction(cluster, 'sandboxed');
});

it('is not taken from nodes that have joined, which is said before anything is touched', async () => {
  await cluster.set(['sandbox'], 'stock-only');
  const { exitCode, result, stderr } = await (await cluster.up()).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'error', code: 'usage' });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/sandbox: gvisor -> stock-only[\s\S]*host-2/);
});

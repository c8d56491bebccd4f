import { afterAll, beforeAll, expect, it } from 'vitest';
import { LabCluster } from './cluster/lab-cluster.ts';
import { deploy, podsOf, spread } from './cluster/pods.ts';

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(1);
});

afterAll(() => cluster.down());

it('one host is a whole cluster, which runs pods', async () => {
  const { exitCode, result, stderr } = await (await cluster.up('--nodes', '1')).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(exitCode).toBe(0);
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready' });
  expect(await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].spec.taints}')).toBe('');
  const plain = JSON.parse(spread(2)) as { spec: { template: { spec: { tolerations?: unknown } } } };
  delete plain.spec.template.spec.tolerations;
  await deploy(cluster, 'spread', JSON.stringify(plain));
  const [pod, ...others] = await podsOf(cluster, 'app=spread');
  if (!pod) throw new Error('no pod runs');
  expect([pod.node, others.length]).toEqual(['host-1', 1]);
});

it('the second time nothing changes', async () => {
  const { result } = await (await cluster.up('--nodes', '1')).outcome();
  expect(result).toMatchObject({ outcome: 'ready', changed: 0 });
});

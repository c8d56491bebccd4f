import { kubernetesApply } from '@vhive/agent/actions/kubernetes/apply/kubernetes-apply';
import { agentActions, type KubernetesObject } from '@vhive/shared';
import { expect, test } from 'vitest';
import { clusterContext } from '../support/cluster-context.ts';
import { KubernetesServer } from '../support/kubernetes-server.ts';

const settings = (name: string, namespace = 'here'): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { a: '1' } },
});
const namespace = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const params = (objects: KubernetesObject[], inventory: string | null = 'stack') =>
  agentActions['kubernetes.apply'].params.parse({ objects, inventory });
const inventoryOf = (server: KubernetesServer) => server.get(settings('vhive-applied', 'kube-system'))?.data;

test('what is not wanted any more is told by the check and deleted, and then there is nothing to do', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  await kubernetesApply.apply(params([namespace('here'), namespace('there'), settings('a'), settings('b')]), context);
  const less = params([namespace('here'), settings('a')]);
  expect(await kubernetesApply.check(less, context)).toEqual({
    converged: false,
    changes: ['ConfigMap here/b: is deleted, since it is not wanted any more'],
  });
  expect(server.get(settings('b'))).toBeDefined();
  await kubernetesApply.apply(less, context);
  expect(server.get(settings('b'))).toBeUndefined();
  expect(server.get(settings('a'))).toBeDefined();
  expect(server.get(namespace('there')), 'with a namespace would go what others keep in it').toBeDefined();
  expect(await kubernetesApply.check(less, context)).toEqual({ converged: true, outputs: { objects: 2 } });
  expect(inventoryOf(server)).toEqual({ stack: 'v1 ConfigMap here/a\nv1 Namespace here\n' });
});

test('what is of another inventory, was never applied, or is somebody else’s now, stays', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  await kubernetesApply.apply(params([settings('moved'), settings('theirs'), settings('mine')]), context);
  await kubernetesApply.apply(params([settings('moved')], 'other'), context);
  server.put(settings('never'));
  server.remove(settings('theirs'));
  server.put(settings('theirs'));
  const none = params([]);
  expect(await kubernetesApply.check(none, context)).toMatchObject({
    changes: ['ConfigMap here/mine: is deleted, since it is not wanted any more'],
  });
  await kubernetesApply.apply(none, context);
  for (const name of ['moved', 'theirs', 'never']) expect(server.get(settings(name)), name).toBeDefined();
  expect(server.get(settings('mine'))).toBeUndefined();
  expect(inventoryOf(server)).toEqual({ stack: '', other: 'v1 ConfigMap here/moved\n' });
});

test('a cluster from before there were inventories gets one, and nothing in it is deleted', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  await kubernetesApply.apply(params([settings('a'), settings('old')], null), context);
  expect(inventoryOf(server)).toBeUndefined();
  const given = params([settings('a')]);
  expect(await kubernetesApply.check(given, context)).toEqual({
    converged: false,
    changes: ['the list of what belongs to stack is written'],
  });
  await kubernetesApply.apply(given, context);
  expect(server.get(settings('old'))).toBeDefined();
  expect(await kubernetesApply.check(given, context)).toMatchObject({ converged: true });
});

test('an apply that breaks off forgets neither what it made nor what it was to delete', async () => {
  await using server = await KubernetesServer.start();
  await using context = await clusterContext(server);
  await kubernetesApply.apply(params([settings('old')]), context);
  server.refuse = ({ object, query }) =>
    object?.metadata.name === 'second' && !query.has('dryRun')
      ? { code: 422, reason: 'Invalid', message: 'never' }
      : undefined;
  await expect(kubernetesApply.apply(params([namespace('here'), settings('second')]), context)).rejects.toThrow();
  expect(inventoryOf(server)).toEqual({
    stack: 'v1 ConfigMap here/old\nv1 ConfigMap here/second\nv1 Namespace here\n',
  });
  server.refuse = () => undefined;
  await kubernetesApply.apply(params([namespace('here')]), context);
  expect(server.get(settings('old'))).toBeUndefined();
  expect(inventoryOf(server)).toEqual({ stack: 'v1 Namespace here\n' });
});

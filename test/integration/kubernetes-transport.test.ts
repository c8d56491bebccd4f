import { createKubernetesClient } from '@vhive/base/kubernetes/kubernetes-client';
import { isTransient } from '@vhive/base/kubernetes/kubernetes-error';
import { expect, test } from 'vitest';
import { KubernetesServer } from '../support/kubernetes-server.ts';

const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };

test('an answer that breaks off is no refusal: trying again may help', async () => {
  await using server = await KubernetesServer.start();
  const api = await createKubernetesClient(server.kubeconfig);
  server.breakOff = ({ object: sent }) => sent !== undefined;
  const error = await api.apply(object, { dryRun: false }).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ message: expect.stringContaining('broke off') });
  expect(isTransient(error)).toBe(true);
});

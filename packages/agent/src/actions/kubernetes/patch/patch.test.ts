import { type KubernetesObject, manifestPatch } from '@vhive/shared';
import { expect, test } from 'vitest';
import { merge } from '../apply/merge.ts';
import { parseManifest } from '../manifest.ts';
import { patchObjects } from './patch.ts';

test('objects by field, named lists by name, other lists as a whole, null removes', () => {
  expect(
    merge(
      {
        a: 1,
        b: { c: 2 },
        list: [1, 2],
        env: [
          { name: 'x', value: '1' },
          { name: 'y', valueFrom: { z: 1 } },
        ],
      },
      {
        b: { d: 3 },
        a: null,
        list: [3],
        env: [
          { name: 'y', value: '2' },
          { name: 'n', value: '3' },
        ],
      },
    ),
  ).toEqual({
    b: { c: 2, d: 3 },
    list: [3],
    env: [
      { name: 'x', value: '1' },
      { name: 'y', value: '2' },
      { name: 'n', value: '3' },
    ],
  });
});

test('a patch that matches nothing is an error that names what there is', () => {
  const objects = parseManifest('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: old}\n', 'x');
  const patch = manifestPatch.parse({ kind: 'Deployment', name: 'new' });
  expect(() => patchObjects(objects, [patch], 'x.yaml')).toThrow('x.yaml has no Deployment new');
  expect(patchObjects(objects, [{ ...patch, optional: true }], 'x.yaml')).toEqual(objects);
});

const hook = (...names: string[]) =>
  parseManifest(
    JSON.stringify({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'validator' },
      webhooks: names.map((name) => ({ name, clientConfig: { url: 'https://x' }, failurePolicy: 'Ignore' })),
    }),
    'x',
  );
const policy = (webhooks: object[], optional = false) =>
  manifestPatch.parse({ kind: 'ValidatingWebhookConfiguration', name: 'validator', merge: { webhooks }, optional });
const webhooksOf = (objects: readonly KubernetesObject[]) => objects.flatMap(({ webhooks }) => webhooks);

test('a webhook that is not there is never added by a change to one', () => {
  const change = { name: 'old.example', failurePolicy: 'Fail' };
  expect(webhooksOf(patchObjects(hook('old.example'), [policy([change])], 'x'))).toEqual([
    { name: 'old.example', clientConfig: { url: 'https://x' }, failurePolicy: 'Fail' },
  ]);
  expect(() => patchObjects(hook('new.example'), [policy([change])], 'x.yaml')).toThrow(
    'x.yaml: ValidatingWebhookConfiguration validator has no webhook old.example, which is to be changed',
  );
  expect(patchObjects(hook('new.example'), [policy([change], true)], 'x')).toEqual(hook('new.example'));
  const both = [change, { name: 'new.example', timeoutSeconds: 5 }];
  expect(webhooksOf(patchObjects(hook('new.example'), [policy(both, true)], 'x'))).toEqual([
    { name: 'new.example', clientConfig: { url: 'https://x' }, failurePolicy: 'Ignore', timeoutSeconds: 5 },
  ]);
});

test('a whole webhook can be added, and one be removed', () => {
  const whole = { name: 'own.example', clientConfig: { url: 'https://y' } };
  const change = [whole, { name: 'old.example', $patch: 'delete' }, { name: 'gone.example', $patch: 'delete' }];
  expect(webhooksOf(patchObjects(hook('old.example'), [policy(change)], 'x'))).toEqual([whole]);
});

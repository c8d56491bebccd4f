import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseManifest } from './manifest.ts';
import { merge, patchObjects } from './patch.ts';

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
  const patch = { kind: 'Deployment', name: 'new', merge: {} };
  expect(() => patchObjects(objects, [patch], 'x.yaml')).toThrow('x.yaml has no Deployment new');
});

// The mirror of upstream manifests, where one lies beside the repository.
const calico = join(
  import.meta.dirname,
  '../../../../../../shared/upstream-manifests/raw.githubusercontent.com/projectcalico/calico/v3.31.5/manifests/calico.yaml',
);

test.skipIf(!existsSync(calico))('an environment variable is set in the real Calico manifest', () => {
  const objects = parseManifest(readFileSync(calico, 'utf8'), 'calico.yaml');
  const env = (list: typeof objects) => {
    const set = list.find(({ kind }) => kind === 'DaemonSet') as unknown as {
      spec: { template: { spec: { containers: { name: string; env: { name: string; value?: string }[] }[] } } };
    };
    return set.spec.template.spec.containers.find(({ name }) => name === 'calico-node')?.env ?? [];
  };
  const patched = patchObjects(
    objects,
    [
      {
        kind: 'DaemonSet',
        name: 'calico-node',
        namespace: 'kube-system',
        merge: {
          spec: {
            template: {
              spec: {
                containers: [
                  { name: 'calico-node', env: [{ name: 'IP_AUTODETECTION_METHOD', value: 'kubernetes-internal-ip' }] },
                ],
              },
            },
          },
        },
      },
    ],
    'calico.yaml',
  );
  expect(objects.length).toBeGreaterThan(30);
  expect(env(patched)).toHaveLength(env(objects).length + 1);
  expect(env(patched)).toContainEqual({ name: 'IP_AUTODETECTION_METHOD', value: 'kubernetes-internal-ip' });
  expect(patched.filter((object, index) => object !== objects[index])).toHaveLength(1);
});

import { manifestPatch } from '@vhive/shared';
import { expect, test } from 'vitest';
import { parseManifest } from './manifest.ts';
import { merge } from './merge.ts';
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

import { expect, it } from 'vitest';
import { mergeFields } from './merge-fields.ts';

it('maps are merged, and all else is replaced', () => {
  const base = { nodes: 3, knative: { config: { a: { x: '1' } } }, list: [1, 2] };
  const over = { knative: { config: { a: { y: '2' }, b: { z: '3' } } }, list: [9], sandbox: 'gvisor' };
  expect(mergeFields(base, over)).toEqual({
    ...{ nodes: 3, list: [9], sandbox: 'gvisor' },
    knative: { config: { a: { x: '1', y: '2' }, b: { z: '3' } } },
  });
  expect(mergeFields(base, {})).toEqual(base);
});

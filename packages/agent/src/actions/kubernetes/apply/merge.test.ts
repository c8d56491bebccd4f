import fc from 'fast-check';
import { expect, test } from 'vitest';
import { merge } from './merge.ts';

test('mounts are told apart by their path, ports without names by their number', () => {
  const mounts = [
    { name: 'v', mountPath: '/a' },
    { name: 'v', mountPath: '/b' },
  ];
  expect(merge(mounts, [{ name: 'v', mountPath: '/b', readOnly: true }])).toEqual([
    { name: 'v', mountPath: '/a' },
    { name: 'v', mountPath: '/b', readOnly: true },
  ]);
  expect(merge([{ port: 80 }, { port: 443 }], [{ port: 80, nodePort: 30080 }])).toEqual([
    { port: 80, nodePort: 30080 },
    { port: 443 },
  ]);
});

test('an item goes when asked to; nulls of what is new are not kept', () => {
  const env = [{ name: 'a', value: '1' }, { name: 'b' }];
  expect(merge(env, [{ name: 'a', $patch: 'delete' }])).toEqual([{ name: 'b' }]);
  expect(merge({}, { list: [{ name: 'x', gone: null }], tree: { gone: null } })).toEqual({
    list: [{ name: 'x' }],
    tree: {},
  });
});

// There are only few names, so that the trees have some in common.
const name = fc.constantFrom('name', 'a', 'b', 'port', 'mountPath', 'value', 'valueFrom', 'env');
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 1, 'x', 'y', ''),
    fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.array(tie('named'), { maxLength: 3 }),
  ),
  named: fc
    .tuple(fc.constantFrom('x', 'y', 'z'), fc.dictionary(name, tie('any'), { maxKeys: 3, noNullPrototype: true }))
    .map(([text, rest]) => ({ ...rest, name: text })),
})).any;

test('merging twice is merging once', () => {
  fc.assert(
    fc.property(value, value, (target, change) => {
      const once = merge(target, change);
      expect(merge(once, change)).toEqual(once);
    }),
    { numRuns: 2000 },
  );
});

test('what a change does not name stays, and nothing given is altered', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, value, { noNullPrototype: true }),
      fc.dictionary(name, value, { noNullPrototype: true }),
      (target, change) => {
        const [before, asked] = [structuredClone(target), structuredClone(change)];
        const merged = merge(target, change) as Record<string, unknown>;
        for (const key of Object.keys(target)) if (!(key in change)) expect(merged[key]).toEqual(target[key]);
        for (const key of Object.keys(change)) expect(key in merged).toBe(change[key] !== null);
        expect([target, change]).toEqual([before, asked]);
      },
    ),
  );
});

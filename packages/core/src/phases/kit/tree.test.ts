import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPath, type Tree, withTree } from './tree.ts';

const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 3 }));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof({ maxDepth: 3 }, leaf, tie('tree')), { maxKeys: 4 }),
}));

describe('a tree put over another', () => {
  it('is there in whole, and what it does not name stays', () => {
    fc.assert(
      fc.property(tree, tree, (below, over) => {
        const merged = withTree(below, over);
        expect(withTree(merged, over)).toEqual(merged);
        for (const key of Object.keys(below)) if (!Object.hasOwn(over, key)) expect(merged[key]).toEqual(below[key]);
        expect(new Set(Object.keys(merged))).toEqual(new Set([...Object.keys(below), ...Object.keys(over)]));
      }),
    );
  });

  it('replaces lists as a whole, as Helm does', () => {
    expect(withTree({ a: { list: [1, 2], b: 1 } }, { a: { list: [3] } })).toEqual({ a: { list: [3], b: 1 } });
  });
});

it('a path leads to what is there, through mappings of its own only', () => {
  expect(atPath({ a: { b: 1 } }, ['a', 'b'])).toBe(1);
  expect(atPath({ a: [1] }, ['a', '0'])).toBeUndefined();
  expect(atPath({}, ['constructor', 'name'])).toBeUndefined();
});

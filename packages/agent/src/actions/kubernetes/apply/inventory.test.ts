import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inventoryText, noLongerWanted, parse } from './inventory.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9.:-]{0,9}$/);
const reference = fc.record(
  {
    apiVersion: fc.oneof(
      word,
      fc.tuple(word, word).map((pair) => pair.join('/')),
    ),
    kind: word,
    name: word,
    namespace: word,
  },
  { requiredKeys: ['apiVersion', 'kind', 'name'] },
);

test('an inventory is read as it was written, in order and without repetitions', () => {
  fc.assert(
    fc.property(fc.array(reference), (references) => {
      const text = inventoryText(references);
      expect(inventoryText(parse(text))).toBe(text);
      expect(new Set(parse(text).map((each) => JSON.stringify(each))).size).toBe(parse(text).length);
      for (const each of references) expect(parse(text)).toContainEqual(each);
    }),
  );
});

test('lines that nobody wrote are passed over', () => {
  expect(parse('v1 ConfigMap a/b\nv1 ConfigMap\n\nx\nv1 ConfigMap a/b/c\n')).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'b' },
  ]);
});

test('an object of another version of its group, or of the default namespace unnamed, is the same object', () => {
  const own = parse('autoscaling/v2 HorizontalPodAutoscaler default/a\nautoscaling/v2 HorizontalPodAutoscaler b/a\n');
  const wanted = { apiVersion: 'autoscaling/v3', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' } };
  expect(noLongerWanted({ own, others: [] }, [wanted])).toEqual([own[1]]);
});

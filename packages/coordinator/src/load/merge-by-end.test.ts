import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergedByEnd } from './merge-by-end.ts';

interface Ended {
  endMs: number;
}

const generator = fc
  .array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 })
  .map((times) => times.toSorted((one, other) => one - other).map((endMs): Ended => ({ endMs })));

async function* given(samples: readonly Ended[]): AsyncGenerator<Ended> {
  yield* samples;
}

it('merges generators by the ends of their calls, and neither loses nor makes any', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(generator, { maxLength: 5 }), async (all) => {
      const merged = await Array.fromAsync(
        mergedByEnd(all.map((samples, index) => ({ node: `n${index}`, samples: given(samples) }))),
      );
      const times = merged.map(({ sample }) => sample.endMs);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      for (const [index, samples] of all.entries())
        expect(merged.filter(({ node }) => node === `n${index}`).map(({ sample }) => sample)).toEqual(samples);
      expect(merged.length).toBe(all.flat().length);
    }),
  );
});

it('ends all sources when one fails', async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<Ended> {
    try {
      for (let endMs = 0; ; endMs++) yield { endMs };
    } finally {
      isEnded = true;
    }
  }
  async function* broken(): AsyncGenerator<Ended> {
    yield { endMs: 3 };
    throw new Error('the file is cut off');
  }
  const merged = mergedByEnd([
    { node: 'n1', samples: endless() },
    { node: 'n2', samples: broken() },
  ]);
  await expect(Array.fromAsync(merged)).rejects.toThrow('cut off');
  expect(isEnded).toBe(true);
});

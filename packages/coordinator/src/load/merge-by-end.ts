import type { Sample } from '@vhive/base/load/sample';

/** What one load generator sent, in the order of the ends of its calls. */
export interface GeneratedSamples<S extends Pick<Sample, 'endMs'>> {
  /** The node that sent it. */
  node: string;
  samples: AsyncIterable<S>;
}

/**
 * Merges what several load generators sent: all calls in the order of their ends, each with its node. Only one call of
 * each generator is in memory at a time.
 */
export async function* mergedByEnd<S extends Pick<Sample, 'endMs'>>(
  generators: readonly GeneratedSamples<S>[],
): AsyncGenerator<{ node: string; sample: S }, void, undefined> {
  const sources = generators.map(({ node, samples }) => ({ node, iterator: samples[Symbol.asyncIterator]() }));
  try {
    const heads = await Promise.all(
      sources.map(async ({ node, iterator }) => ({ node, iterator, head: await iterator.next() })),
    );
    for (;;) {
      let first: { node: string; iterator: AsyncIterator<S>; head: IteratorYieldResult<S> } | undefined;
      for (const one of heads)
        if (!one.head.done && (first === undefined || one.head.value.endMs < first.head.value.endMs))
          first = one as typeof first;
      if (first === undefined) return;
      yield { node: first.node, sample: first.head.value };
      Object.assign(first, { head: await first.iterator.next() });
    }
  } finally {
    await Promise.all(sources.map(({ iterator }) => iterator.return?.()));
  }
}

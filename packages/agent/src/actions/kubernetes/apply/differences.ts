import { setTimeout } from 'node:timers/promises';
import type { KubernetesObject } from '@vhive/shared';
import pLimit from 'p-limit';
import { CONCURRENCY } from './apply-objects.ts';
import type { Difference } from './object-difference.ts';

/** How long is waited for webhooks that cannot be asked, as after a reboot of their node, milliseconds. */
const PATIENCE_MS = 45_000;
/** Between two looks, milliseconds. */
const PAUSE_MS = 1_000;

/**
 * What applying these objects would change. Where all that keeps them from being as they should is that nobody could
 * tell, it is looked again for a while: a webhook that starts is no change.
 */
export async function differences(
  objects: readonly KubernetesObject[],
  difference: (object: KubernetesObject) => Promise<Difference | undefined>,
  { signal, say }: { signal: AbortSignal; say(text: string): void },
): Promise<string[]> {
  const end = Date.now() + PATIENCE_MS;
  let open = objects;
  for (;;) {
    const found = await pLimit(CONCURRENCY).map(open, async (object) => ({ object, found: await difference(object) }));
    const changes = found.flatMap(({ found }) => (found === undefined ? [] : [found]));
    const isOnlyDoubt = changes.length > 0 && changes.every(({ doubtful }) => doubtful);
    if (!isOnlyDoubt || Date.now() > end) return changes.map(({ line }) => line);
    open = found.flatMap(({ object, found }) => (found === undefined ? [] : [object]));
    say(`${changes[0]?.line}; asked again`);
    await setTimeout(PAUSE_MS, undefined, { signal });
  }
}

import { setTimeout } from 'node:timers/promises';
import type { KubernetesObject } from '@vhive/shared';
import pLimit from 'p-limit';
import { CONCURRENCY } from './apply-objects.ts';
import type { Difference } from './object-difference.ts';

/**
 * Webhooks that cannot be asked now, for example after a reboot of their node, are awaited for this many
 * milliseconds; longer where a node is slow.
 */
const WEBHOOK_MS = 45_000;
/** The pause between two looks, in milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Tells what applying these objects would change. When the only reason against "nothing" is that the server could not
 * tell, it looks again for a while: a webhook that is starting is not a change.
 */
export async function differences(
  objects: readonly KubernetesObject[],
  difference: (object: KubernetesObject) => Promise<Difference | undefined>,
  { signal, patience, say }: { signal: AbortSignal; patience: number; say(text: string): void },
): Promise<string[]> {
  const end = Date.now() + WEBHOOK_MS * patience;
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

import { type KubernetesObject, messageOf } from '@vhive/shared';
import type { KubernetesApi } from '../../../host/kubernetes/kubernetes-api.ts';
import { isTransient } from '../../../host/kubernetes/kubernetes-error.ts';
import { referenceTo, titleOf } from '../reference.ts';
import { refusalOf } from '../refusal.ts';
import { differingParts, isSame } from './comparison.ts';

/** Looks until nobody wrote between the two answers, so often. */
const LOOKS = 4;

/** How is compared. */
interface DifferenceOptions {
  leftAlone: (live: KubernetesObject) => boolean;
  appliedJustNow: boolean;
  signal: AbortSignal;
}

/** What applying an object would change. */
export interface Difference {
  /** One short line. */
  line: string;
  /** The server could not tell now: a webhook or the server itself does not answer. */
  doubtful: boolean;
}

/**
 * What applying an object would change; undefined: nothing. The server is asked, without storing.
 * @param leftAlone of what there is, whether applying would leave it as it is
 * @param appliedJustNow it was taken a moment ago: a webhook that cannot be asked now is then no doubt about it (webhook
 *   configurations of the same manifest stand before their pods answer)
 */
export async function objectDifference(
  api: KubernetesApi,
  object: KubernetesObject,
  { leftAlone, appliedJustNow, signal }: DifferenceOptions,
): Promise<Difference | undefined> {
  const reference = referenceTo(object);
  const title = titleOf(reference);
  let live: KubernetesObject | undefined;
  try {
    live = await api.get(reference, { signal });
    for (let look = 1; ; look += 1) {
      if (live === undefined) return { line: `${title}: is made`, doubtful: false };
      if (leftAlone(live)) return undefined;
      const next = await api.apply(object, { dryRun: true, signal });
      if (isSame(live, next)) return undefined;
      // Controllers annotate what is new at any moment: only a difference from what still stands is one.
      const now = await api.get(reference, { signal });
      const { resourceVersion } = live.metadata;
      if (look >= LOOKS || (now && resourceVersion === now.metadata.resourceVersion))
        return { line: `${title}: ${differingParts(live, next).join(', ')} is changed`, doubtful: false };
      live = now;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    if (appliedJustNow && live !== undefined && isTransient(error)) return undefined;
    // What is refused for good is told by applying, with what to do about it.
    const why = isTransient(error) ? messageOf(error) : refusalOf(object, error).message;
    const line = `${title}: is applied (the API server cannot tell yet what would come of it: ${why})`;
    return { line, doubtful: isTransient(error) };
  }
}

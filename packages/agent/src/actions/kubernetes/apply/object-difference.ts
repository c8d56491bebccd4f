import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { isTransient } from '@vhive/base/kubernetes/kubernetes-error';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import { type KubernetesObject, messageOf } from '@vhive/shared';
import { refusalOf } from '../refusal.ts';
import { differingParts, isSame } from './comparison.ts';
import type { ComparisonMemory } from './comparison-memory.ts';

/** An object is compared at most this many times when somebody writes it between the two answers that are compared. */
const LOOKS = 4;

/** The options of the comparison. */
interface DifferenceOptions {
  leftAlone: (live: KubernetesObject) => boolean;
  appliedJustNow: boolean;
  memory: Pick<ComparisonMemory, 'isKnown' | 'add'>;
  signal: AbortSignal;
}

/** What applying an object would change. */
export interface Difference {
  /** The change in one short line. */
  line: string;
  /** Whether the server could not tell now, because a webhook or the server itself does not answer. */
  doubtful: boolean;
}

/**
 * Tells what applying an object would change; undefined when nothing. The server is asked without storing anything.
 * @param leftAlone tells of the object in the cluster whether applying would leave it as it is
 * @param appliedJustNow whether the server took the object a moment ago. Then a webhook that cannot be asked is no
 * reason for doubt, since the webhook configurations of a manifest exist before their pods answer
 * @param memory what earlier comparisons found
 */
export async function objectDifference(
  api: KubernetesApi,
  object: KubernetesObject,
  { leftAlone, appliedJustNow, memory, signal }: DifferenceOptions,
): Promise<Difference | undefined> {
  const reference = referenceTo(object);
  const title = titleOf(reference);
  let live: KubernetesObject | undefined;
  try {
    live = await api.get(reference, { signal });
    for (let look = 1; ; look += 1) {
      if (live === undefined) return { line: `${title}: is made`, doubtful: false };
      if (leftAlone(live)) return undefined;
      const next = memory.isKnown(object, live) ? live : await api.apply(object, { dryRun: true, signal });
      if (next === live || isSame(live, next)) {
        memory.add(object, live);
        return undefined;
      }
      // Controllers may annotate a new object at any moment. A difference counts only if the object is still the one
      // that was compared.
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
    // A permanent refusal is reported when the object is applied, together with what to do about it.
    const why = isTransient(error) ? messageOf(error) : refusalOf(object, error).message;
    const line = `${title}: is applied (the API server cannot tell yet what would come of it: ${why})`;
    return { line, doubtful: isTransient(error) };
  }
}

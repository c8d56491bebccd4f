import { createHash } from 'node:crypto';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject, Params } from '@vhive/shared';
import * as z from 'zod';
import type { ActionContext } from '../../kit/action.ts';
import { asWanted } from './comparison.ts';

/** The state that an object in the cluster had: the server counts the version up at every change of anything in it. */
export interface LiveVersion {
  uid: string;
  version: string;
}

/** Digests of two objects that ask for the same, and the state of the one in the cluster when they were compared. */
const entry = z.object({ wanted: z.string(), live: z.string(), uid: z.string(), version: z.string() });
const entries = z.record(z.string(), entry);

/**
 * Remembers of objects that the server was asked and found no difference. As long as what is wanted and what is in the
 * cluster both stay the same, the answer does too, and the server need not be asked again: a dry run of hundreds of
 * objects takes it many seconds.
 */
export interface ComparisonMemory {
  /** Whether there was ever a comparison with this wanted object. */
  has(wanted: KubernetesObject): boolean;
  /** Whether these two were compared before, and nobody has written the one in the cluster since. */
  isUntouched(wanted: KubernetesObject, now: LiveVersion | undefined): boolean;
  /** Whether these two were compared before, and found to ask for the same. */
  isKnown(wanted: KubernetesObject, live: KubernetesObject): boolean;
  /** Remembers that these two ask for the same. */
  add(wanted: KubernetesObject, live: KubernetesObject): void;
  /** Writes what was added since it was opened. */
  save(): Promise<void>;
}

/** Opens the memory of a task, which is known by its objects. A damaged one counts as empty. */
export async function openComparisonMemory(
  objects: readonly KubernetesObject[],
  { fieldManager }: Pick<Params<'kubernetes.apply'>, 'fieldManager'>,
  { records }: Pick<ActionContext, 'records'>,
): Promise<ComparisonMemory> {
  const name = `kubernetes.apply ${digest([fieldManager, objects.map(keyOf).sort()])}`;
  const before = entries.safeParse(await records.get(name)).data ?? {};
  const added: z.infer<typeof entries> = {};
  const found = (wanted: KubernetesObject) => {
    const known = before[keyOf(wanted)];
    return known?.wanted === digest(wanted) ? known : undefined;
  };
  return {
    has: (wanted) => found(wanted) !== undefined,
    isUntouched(wanted, now) {
      const known = found(wanted);
      return now !== undefined && known?.uid === now.uid && known.version === now.version;
    },
    isKnown(wanted, live) {
      const known = found(wanted);
      return known !== undefined && known.uid === stateOf(live).uid && known.live === digest(asWanted(live));
    },
    add(wanted, live) {
      added[keyOf(wanted)] = { wanted: digest(wanted), live: digest(asWanted(live)), ...stateOf(live) };
    },
    async save() {
      if (Object.keys(added).length > 0) await records.set(name, { ...before, ...added });
    },
  };
}

/** The uid tells apart an object and one of the same name in a cluster that was made anew. */
function stateOf({ metadata: { uid, resourceVersion } }: KubernetesObject): LiveVersion {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { uid: text(uid), version: text(resourceVersion) };
}

const keyOf = (object: KubernetesObject) => `${object.apiVersion} ${titleOf(referenceTo(object))}`;

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

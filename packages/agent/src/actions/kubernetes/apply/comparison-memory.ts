import { createHash } from 'node:crypto';
import type { KubernetesObject, Params } from '@vhive/shared';
import * as z from 'zod';
import type { ActionContext } from '../../kit/action.ts';
import { referenceTo, titleOf } from '../reference.ts';
import { asWanted } from './comparison.ts';

const memory = z.record(z.string(), z.string());

/**
 * Remembers of objects that the server was asked and found no difference. As long as what is wanted and what is in the
 * cluster both stay the same, the answer does too, and the server need not be asked again: a dry run of hundreds of
 * objects takes it many seconds.
 */
export interface ComparisonMemory {
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
  const titles = objects.map((object) => titleOf(referenceTo(object))).sort();
  const name = `kubernetes.apply ${digest([fieldManager, titles])}`;
  const before = memory.safeParse(await records.get(name)).data ?? {};
  const added: Record<string, string> = {};
  return {
    isKnown: (wanted, live) => before[titleOf(referenceTo(wanted))] === pair(wanted, live),
    add(wanted, live) {
      added[titleOf(referenceTo(wanted))] = pair(wanted, live);
    },
    async save() {
      if (Object.keys(added).length > 0) await records.set(name, { ...before, ...added });
    },
  };
}

/** The uid tells apart an object and one of the same name in a cluster that was made anew. */
const pair = (wanted: KubernetesObject, live: KubernetesObject) => digest([wanted, live.metadata.uid, asWanted(live)]);

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

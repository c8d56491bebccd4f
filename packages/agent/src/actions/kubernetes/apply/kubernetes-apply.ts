import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject, Params } from '@vhive/shared';
import type { Action } from '../../kit/action.ts';
import { adminConf } from '../../kubeadm/paths.ts';
import { asFieldManager } from '../field-manager.ts';
import { applyObjects } from './apply-objects.ts';
import { openComparisonMemory } from './comparison-memory.ts';
import { differences } from './differences.ts';
import { inventoryText, noLongerWanted, readInventory, writeInventory } from './inventory.ts';
import { isLeftAlone, withoutLeftAlone } from './leave-alone.ts';
import { liveVersions } from './live-versions.ts';
import { objectDifference } from './object-difference.ts';
import { removable, remove } from './removal.ts';
import { wantedObjects } from './wanted-objects.ts';

/** The action `kubernetes.apply`, whose contract says what it does. */
export const kubernetesApply: Action<'kubernetes.apply'> = {
  async check(params, context, applied) {
    const { host, signal } = context;
    if (params.file !== null && (await host.stat(params.file)) === undefined)
      return { converged: false, changes: [`${params.file}, which an earlier task makes, is applied`] };
    const objects = await wantedObjects(params, context);
    if ((await host.stat(adminConf)) === undefined)
      return { converged: false, changes: [`${objects.length} objects are applied, once there is a cluster`] };
    const api = asFieldManager(await host.kubernetes(adminConf), params.fieldManager);
    const appliedJustNow = applied !== undefined;
    const memory = await openComparisonMemory(objects, params, context);
    const versionOf = await liveVersions(api, objects.filter(memory.has), signal);
    const look = async (object: KubernetesObject) => {
      if (memory.isUntouched(object, versionOf(object))) return undefined;
      const leftAlone = (live: KubernetesObject) => isLeftAlone(object, live, params.leaveAlone);
      return await objectDifference(api, object, { leftAlone, appliedJustNow, memory, signal });
    };
    const changes = await differences(objects, look, { signal, patience: context.patience, say: context.log });
    await memory.save();
    changes.push(...(await inventoryChanges(api, params, objects, signal)));
    if (changes.length > 0) return { converged: false, changes };
    return { converged: true, outputs: { objects: objects.length } };
  },

  async apply(params, context) {
    const objects = await wantedObjects(params, context);
    const { inventory: name, fieldManager } = params;
    const { signal } = context;
    const api = asFieldManager(await context.host.kubernetes(adminConf), fieldManager);
    const wanted = objects.map(referenceTo);
    const before = name === null ? undefined : await readInventory(api, name, signal);
    // What is made and what is still to be deleted stands in the inventory from before the first change to after the
    // last, so that a kill in between leaves nothing that is forgotten.
    if (name !== null) await writeInventory(api, name, [...(before?.own ?? []), ...wanted], signal);
    await applyObjects(api, await withoutLeftAlone(api, objects, params.leaveAlone, signal), context);
    if (name !== null && before) {
      await remove(api, await removable(api, noLongerWanted(before, objects), fieldManager, signal), context);
      await writeInventory(api, name, wanted, signal);
    }
    return { objects: objects.length };
  },
};

/** Tells what of an earlier manifest is still there, and whether the inventory is right. */
async function inventoryChanges(
  api: KubernetesApi,
  { inventory: name, fieldManager }: Params<'kubernetes.apply'>,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<string[]> {
  if (name === null) return [];
  const inventory = await readInventory(api, name, signal);
  const stale = await removable(api, noLongerWanted(inventory, objects), fieldManager, signal);
  if (stale.length > 0) return stale.map((each) => `${titleOf(each)}: is deleted, since it is not wanted any more`);
  const isRight = inventoryText(inventory.own ?? []) === inventoryText(objects.map(referenceTo));
  return isRight ? [] : [`the list of what belongs to ${name} is written`];
}

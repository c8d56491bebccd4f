import type { KubernetesObject } from '@vhive/shared';
import type { Action } from '../../kit/action.ts';
import { adminConf } from '../../kubeadm/paths.ts';
import { asFieldManager } from '../field-manager.ts';
import { applyObjects } from './apply-objects.ts';
import { openComparisonMemory } from './comparison-memory.ts';
import { differences } from './differences.ts';
import { isLeftAlone, withoutLeftAlone } from './leave-alone.ts';
import { objectDifference } from './object-difference.ts';
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
    const look = (object: KubernetesObject) => {
      const leftAlone = (live: KubernetesObject) => isLeftAlone(object, live, params.leaveAlone);
      return objectDifference(api, object, { leftAlone, appliedJustNow, memory, signal });
    };
    const changes = await differences(objects, look, { signal, patience: context.patience, say: context.log });
    await memory.save();
    if (changes.length > 0) return { converged: false, changes };
    return { converged: true, outputs: { objects: objects.length } };
  },

  async apply(params, context) {
    const objects = await wantedObjects(params, context);
    const api = asFieldManager(await context.host.kubernetes(adminConf), params.fieldManager);
    await applyObjects(api, await withoutLeftAlone(api, objects, params.leaveAlone, context.signal), context);
    return { objects: objects.length };
  },
};

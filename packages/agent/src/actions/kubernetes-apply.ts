import { messageOf } from '@vhive/shared';
import { type Action, ActionError } from './action.ts';
import { adminConf } from './kubeadm/paths.ts';
import { applyObjects } from './kubernetes/apply-objects.ts';
import { differingParts, isSame } from './kubernetes/comparison.ts';
import { referenceTo, titleOf } from './kubernetes/reference.ts';
import { wantedObjects } from './kubernetes/wanted-objects.ts';

/** `kubernetes.apply` */
export const kubernetesApply: Action<'kubernetes.apply'> = {
  async check(params, context) {
    const { host, signal } = context;
    const objects = await wantedObjects(params, context);
    if ((await host.stat(adminConf)) === undefined)
      return { converged: false, changes: [`${objects.length} objects are applied, once there is a cluster`] };
    const api = await host.kubernetes(adminConf);
    const changes: string[] = [];
    for (const object of objects) {
      const title = titleOf(referenceTo(object));
      try {
        const live = await api.get(referenceTo(object), { signal });
        if (live === undefined) {
          changes.push(`${title}: is made`);
          continue;
        }
        const next = await api.apply(object, { dryRun: true, signal });
        if (!isSame(live, next)) changes.push(`${title}: ${differingParts(live, next).join(', ')} is changed`);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ActionError) throw error;
        // A webhook or kind that is not there yet is no reason to fail before anything was tried.
        changes.push(
          `${title}: is applied (the API server cannot tell yet what would come of it: ${messageOf(error)})`,
        );
      }
    }
    if (changes.length > 0) return { converged: false, changes };
    return { converged: true, outputs: { objects: objects.length } };
  },

  async apply(params, context) {
    const objects = await wantedObjects(params, context);
    await applyObjects(await context.host.kubernetes(adminConf), objects, context);
    return { objects: objects.length };
  },
};

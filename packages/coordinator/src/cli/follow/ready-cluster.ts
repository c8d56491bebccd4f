import type { Plan } from '@vhive/shared';
import * as z from 'zod';
import type { Usable } from '../render/noteworthy.ts';
import type { ReadyCluster } from '../render/success-lines.ts';

/** What the params of kubeadm.init say to people. */
const initParams = z.object({ kubernetesVersion: z.string(), operatorUser: z.string().nullable() });

/** Gathers what a person wants to know of a cluster from the plan that made it and from what its steps found out. */
export function readyCluster(plan: Plan, usable: Usable, simulated: boolean): ReadyCluster {
  const tasks = plan.steps.flatMap((step) => step.tasks);
  const init = initParams.safeParse(tasks.find(({ action }) => action === 'kubeadm.init')?.params).data;
  return {
    controlPlane: plan.controlPlane,
    kubernetes: init?.kubernetesVersion,
    operatorUser: init?.operatorUser ?? undefined,
    usable,
    // When the operator has a domain of his own, the plan has no such step.
    magicDomain: plan.steps.some(({ id }) => id.startsWith('ingress-domain/')),
    simulated,
  };
}

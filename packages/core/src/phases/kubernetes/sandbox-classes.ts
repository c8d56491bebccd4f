import type { KubernetesObject } from '@vhive/shared';
import { applyObjects, clusterStep, clusterStepId } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { usesGvisor } from '../runtime/gvisor.ts';
import { controlPlaneStep } from './control-plane.ts';

const PHASE = 'sandbox-classes';

/** The step after which pods can name their sandbox. */
export const sandboxClassesStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/** Names by which pods choose a runtime of containerd. Firecracker has none: all of a worker's functions are microVMs. */
export const sandboxClasses: Phase = {
  name: PHASE,
  title: 'Sandbox classes',
  description: 'RuntimeClass gvisor or nvidia, by which pods choose the runtime that containerd has',
  realness: { lab: 'real', note: '', byHand: ['kubectl get runtimeclasses'] },
  assumedSeconds: 1,
  steps(context) {
    const classes = [
      ...(usesGvisor(context) ? [runtimeClass('gvisor', 'runsc')] : []),
      ...(context.config.extras.nvidia ? [runtimeClass('nvidia', 'nvidia')] : []),
    ];
    if (classes.length === 0) return [];
    const names = classes.map(({ metadata }) => metadata.name).join(' and ');
    return [
      clusterStep(context, PHASE, PHASE, {
        title: 'runtime classes',
        needs: [controlPlaneStep(context)],
        tasks: [applyObjects('classes', `RuntimeClass ${names}`, classes)],
      }),
    ];
  },
};

function runtimeClass(name: string, handler: string): KubernetesObject {
  return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler };
}

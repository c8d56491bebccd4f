import type { KubernetesObject } from '@vhive/shared';
import { applyObjects, clusterStep } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { controlPlaneStep } from './control-plane.ts';

const PHASE = 'sandbox-classes';

/** The step after which pods can name their sandbox. */
export const sandboxClassesStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/**
 * The phase makes the names by which pods choose a runtime of containerd. Firecracker has none, because all functions
 * of a worker are microVMs.
 */
export const sandboxClasses: Phase = {
  name: PHASE,
  title: 'Sandbox classes',
  description: 'Makes the RuntimeClass gvisor or nvidia, by which pods choose a runtime of containerd',
  realness: { lab: 'real', note: '', byHand: ['kubectl get runtimeclasses'] },
  assumedSeconds: 1,
  enabled: ({ features }) => features.gvisor || features.gpu,
  lastSteps: (context) => [sandboxClassesStep(context)],
  steps(context) {
    const { gvisor, gpu } = context.features;
    const classes = [
      ...(gvisor ? [runtimeClass('gvisor', 'runsc')] : []),
      ...(gpu ? [runtimeClass('nvidia', 'nvidia')] : []),
    ];
    const names = classes.map(({ metadata }) => metadata.name).join(' and ');
    return [
      clusterStep(context, PHASE, sandboxClassesStep(context), {
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

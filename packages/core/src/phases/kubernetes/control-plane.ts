import { output } from '@vhive/shared';
import { criSocketFor } from '../../versions/kubeadm.ts';
import { criSocket, isSingle, type PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { kubeadmConfiguration } from './kubeadm-configuration.ts';
import { kubeletStep, verifyKubelet } from './kubelet.ts';

const PHASE = 'control-plane';

/** The step after which the API server answers. */
export const controlPlaneStep = ({ controlPlane }: PhaseContext) => stepId(PHASE, controlPlane.name);

/** Returns references to what workers need to know to join. */
export function joinTarget(context: PhaseContext) {
  const step = controlPlaneStep(context);
  return { endpoint: output(step, 'init', 'endpoint'), caCertHash: output(step, 'init', 'caCertHash') };
}

/** The phase makes the control plane with kubeadm. */
export const controlPlane: Phase = {
  name: PHASE,
  title: 'Control plane',
  description: 'Makes the control plane with kubeadm init on the master, and gives the operator a kubeconfig',
  realness: {
    lab: 'real',
    note: 'The lab runs kubeadm of the version that this release knows. Older ones get configuration of their own version, which they are not given there.',
    byHand: ['kubectl get --raw /readyz?verbose'],
  },
  assumedSeconds: 40,
  steps(context) {
    const { config, versions, controlPlane: master } = context;
    return [
      nodeStep(context, PHASE, master, {
        title: 'control plane',
        needs: [kubeletStep(master)],
        tasks: [
          task('init', `control plane ${versions.kubernetes} at ${master.address}:6443`, 'kubeadm.init', {
            kubernetesVersion: versions.kubernetes,
            configuration: kubeadmConfiguration(context),
            advertiseAddress: master.address,
            criSocket: criSocketFor(versions.kubernetes, criSocket(context, master)),
            removeTaint: isSingle(context),
            operatorUser: config.kubernetes.operatorUser ?? null,
          }),
          task('api-server', 'the API server is ready', 'kubernetes.wait', { for: { type: 'api-server' } }),
          verifyKubelet(context, master),
        ],
        policy: { retries: 2, backoffMs: 5_000 },
      }),
    ];
  },
};

import { output, type Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep } from './control-plane.ts';
import { memberStep } from './join.ts';

const PHASE = 'kubeconfigs';
const sealStep = (node: PlanNode) => stepId('kubeconfigs-seal', node.name);

/**
 * The phase gives workers the admin credentials. Only root gets them, because whether another user exists on a worker,
 * and where its home is, differs from machine to machine.
 */
export const kubeconfigs: Phase = {
  name: PHASE,
  title: 'Kubeconfigs',
  description: 'Gives root on every worker the admin kubeconfig, sealed for that worker on its way, where asked for',
  realness: { lab: 'real', note: '', byHand: ['kubectl get nodes   # on a worker'] },
  assumedSeconds: 1,
  enabled: ({ config }) => config.kubernetes.kubeconfigOnWorkers,
  steps: (context) => context.workers.flatMap((node) => [seal(context, node), write(context, node)]),
};

/**
 * Makes the step that seals a copy for one worker. A single message with those of a thousand workers would be too long.
 */
function seal(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    executor: context.controlPlane.name,
    id: sealStep(node),
    title: 'sealed kubeconfig',
    needs: [controlPlaneStep(context)],
    tasks: [
      task('seal', 'the admin kubeconfig, sealed for the node', 'secret.seal', {
        path: '/etc/kubernetes/admin.conf',
        recipients: { [node.name]: node.sealingKey },
      }),
    ],
    group: { name: 'kubeconfigs-seal', limit: 100 },
  });
}

function write(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    title: 'kubeconfig',
    needs: [sealStep(node), memberStep(context, node)],
    tasks: [
      task('directory', 'root’s folder of kubeconfigs', 'file', {
        state: 'directory',
        path: '/root/.kube',
        mode: '0700',
      }),
      task('kubeconfig', 'root can use kubectl', 'secret.file', {
        sealed: output(sealStep(node), 'seal', 'sealed', { entry: node.name }),
        path: '/root/.kube/config',
      }),
    ],
  });
}

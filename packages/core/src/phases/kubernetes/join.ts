import { output, type Step } from '@vhive/shared';
import { criSocketFor, kubeadmApiVersion } from '../../versions/kubeadm.ts';
import { hostStep, wasJoined } from '../host/preflight.ts';
import { criSocket, type PhaseContext, type PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, type StepId, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep, joinTarget } from './control-plane.ts';
import { ignoredPreflightErrors } from './kubeadm-configuration.ts';
import { kubeletStep, verifyKubelet } from './kubelet.ts';
import { patchesDirectory } from './kubelet-patch.ts';

const PHASE = 'join';

/** The time limit of a join, in milliseconds. kubeadm itself gives up after 5 minutes. */
const JOIN_MS = 6 * 60_000;

/** Returns the step after which a node is a member of the cluster: its join or, for the control plane, kubeadm init. */
export function memberStep(context: PhaseContext, node: PlanNode): StepId {
  return node.name === context.controlPlane.name ? controlPlaneStep(context) : joinStep(node);
}

const joinStep = (node: PlanNode) => stepId(PHASE, node.name);
const bootstrapTokenStep = (node: PlanNode) => stepId('bootstrap-token', node.name);

/** Every worker joins as soon as it and the API server are ready, whatever the other workers do. */
export const join: Phase = {
  name: PHASE,
  title: 'Join',
  description: 'Joins each worker with a bootstrap token of its own, minted on the master and sealed for that worker',
  realness: {
    lab: 'real',
    note: 'The lab runs kubeadm of the version that this release knows.',
    byHand: ['kubectl get nodes -o wide'],
  },
  assumedSeconds: 20,
  steps: (context) => context.workers.flatMap((node) => [mintBootstrapToken(context, node), joinWorker(context, node)]),
};

/**
 * Makes the step that mints a worker's bootstrap token once the worker is ready for it. It is minted anew before
 * another attempt to join.
 */
function mintBootstrapToken(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    id: bootstrapTokenStep(node),
    executor: context.controlPlane.name,
    title: 'bootstrap token',
    needs: [hostStep(node), kubeletStep(node), controlPlaneStep(context)],
    tasks: [
      task('token', 'a bootstrap token, sealed for the node', 'kubeadm.token', {
        forNode: node.name,
        recipient: node.sealingKey,
        alreadyJoined: wasJoined(node),
        ttlMinutes: bootstrapTokenMinutes(context),
      }),
    ],
    volatile: true,
    group: { name: 'bootstrap-token', limit: context.config.limits.joinConcurrency },
  });
}

/**
 * Returns how long a bootstrap token is valid, in minutes: long enough to wait for its turn (about a minute per round
 * of joins) and for one attempt.
 */
function bootstrapTokenMinutes({ config, workers }: PhaseContext): number {
  return 15 + Math.ceil(workers.length / config.limits.joinConcurrency);
}

function joinWorker(context: PhaseContext, node: PlanNode): Step {
  const { kubernetes } = context.versions;
  return nodeStep(context, PHASE, node, {
    title: 'join',
    needs: [bootstrapTokenStep(node), controlPlaneStep(context)],
    tasks: [
      task(
        'join',
        'the node is a member of the cluster',
        'kubeadm.join',
        {
          ...joinTarget(context),
          token: output(bootstrapTokenStep(node), 'token', 'token'),
          nodeName: node.name,
          criSocket: criSocketFor(kubernetes, criSocket(context, node)),
          apiVersion: kubeadmApiVersion(kubernetes),
          patchesDirectory: patchesDirectory(context, node),
          ignorePreflightErrors: ignoredPreflightErrors(context, node),
        },
        { timeLimitMs: JOIN_MS },
      ),
      verifyKubelet(context, node),
    ],
    policy: { retries: 5, backoffMs: 3_000 },
    group: { name: 'join', limit: context.config.limits.joinConcurrency },
  });
}

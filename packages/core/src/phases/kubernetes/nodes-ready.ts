import type { Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { milestone, nodeStep, stepId } from '../kit/step.ts';
import { task } from '../kit/task.ts';
import { memberStep } from './join.ts';
import { bridgeStep } from './network-bridge.ts';
import { calicoNeeds } from './network-calico.ts';

const PHASE = 'nodes-ready';

/**
 * The point from which pods are waited for: every node is Ready, or given up. Not earlier, as time limits would run
 * while there is no node that pods could be on; and one lost worker does not hold the cluster up.
 */
export const NODES_SETTLED = stepId(PHASE, 'settled');

/** Kubernetes itself says that each node is Ready. */
export const nodesReady: Phase = {
  name: PHASE,
  title: 'Nodes ready',
  description: 'Kubernetes says of every node that it is Ready',
  realness: { lab: 'real', note: '', byHand: ['kubectl get nodes'] },
  assumedSeconds: 20,
  steps(context) {
    const ready = context.nodes.map((node) => nodeReady(context, node));
    const after = ready.map((step) => step.id);
    return [...ready, milestone(PHASE, 'settled', 'every node is Ready, or given up', { after })];
  },
};

function nodeReady(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    executor: context.controlPlane.name,
    title: 'Ready',
    needs: [
      memberStep(context, node),
      context.config.network.plugin === 'calico' ? calicoNeeds(context) : bridgeStep(node),
    ],
    tasks: [
      task('ready', 'Kubernetes says it is Ready', 'kubernetes.wait', {
        for: { type: 'node-ready', node: node.name },
      }),
    ],
    policy: { retries: 1, backoffMs: 5_000 },
    group: { name: 'nodes-ready', limit: 100 },
  });
}

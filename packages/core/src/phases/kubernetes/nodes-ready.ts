import type { Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { milestone, nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { memberStep } from './join.ts';
import { bridgeStep } from './network-bridge.ts';
import { calicoStep } from './network-calico.ts';

const PHASE = 'nodes-ready';

/**
 * The point from which pods are waited for: every node is Ready or given up. To wait earlier would let time limits pass
 * while there is no node on which pods could run, and a lost worker must not hold the cluster up.
 */
export const NODES_SETTLED = stepId(PHASE, 'settled');

/** The step after which Kubernetes says of a node that it is Ready. */
export const nodeReadyStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase waits until Kubernetes itself says that each node is Ready. */
export const nodesReady: Phase = {
  name: PHASE,
  title: 'Nodes ready',
  description: 'Waits until Kubernetes says of every node that it is Ready',
  realness: { lab: 'real', note: '', byHand: ['kubectl get nodes'] },
  assumedSeconds: 20,
  steps(context) {
    const after = context.nodes.map(nodeReadyStep);
    return [
      ...context.nodes.map((node) => nodeReady(context, node)),
      milestone(PHASE, NODES_SETTLED, 'every node is Ready or given up', { after }),
    ];
  },
};

function nodeReady(context: PhaseContext, node: PlanNode): Step {
  return nodeStep(context, PHASE, node, {
    executor: context.controlPlane.name,
    title: 'Ready',
    needs: [memberStep(context, node), context.features.calico ? calicoStep(context) : bridgeStep(node)],
    tasks: [
      task('ready', 'Kubernetes says that the node is Ready', 'kubernetes.wait', {
        for: { type: 'node-ready', node: node.name },
      }),
    ],
    policy: { retries: 1, backoffMs: 5_000 },
    group: { name: 'nodes-ready', limit: 100 },
  });
}

import { memberStep } from './join.ts';
import { bridgeStep } from './network-bridge.ts';
import { calicoNeeds } from './network-calico.ts';
import type { Phase } from './phase.ts';
import { nodeStep } from './step.ts';
import { task } from './task.ts';

const PHASE = 'nodes-ready';

/** The end: Kubernetes itself says that each node is Ready. */
export const nodesReady: Phase = {
  name: PHASE,
  title: 'Nodes ready',
  description: 'Kubernetes says of every node that it is Ready',
  realness: { lab: 'real', note: '', byHand: ['kubectl get nodes'] },
  assumedSeconds: 20,
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
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
      }),
    ),
};

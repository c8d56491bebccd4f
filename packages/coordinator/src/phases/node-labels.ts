import type { PhaseContext, PlanNode } from './context.ts';
import { memberStep } from './join.ts';
import type { Phase } from './phase.ts';
import { nodeStep } from './step.ts';
import { task } from './task.ts';

const PHASE = 'node-labels';

/** The labels of a node: those for all, then its own. */
export function labelsOf({ config }: Pick<PhaseContext, 'config'>, { name }: Pick<PlanNode, 'name'>) {
  const { nodeLabels } = config.kubernetes;
  return { ...nodeLabels['*'], ...nodeLabels[name] };
}

/** Labels by which pods find their nodes, as soon as a node is a member. */
export const nodeLabels: Phase = {
  name: PHASE,
  title: 'Node labels',
  description: 'Labels of the cluster file on the nodes, such as loader-nodetype',
  realness: { lab: 'real', note: '', byHand: ['kubectl get nodes --show-labels'] },
  assumedSeconds: 1,
  steps: (context) =>
    context.nodes.flatMap((node) => {
      const labels = labelsOf(context, node);
      const count = Object.keys(labels).length;
      if (count === 0) return [];
      return nodeStep(context, PHASE, node, {
        executor: context.controlPlane.name,
        title: 'labels',
        needs: [memberStep(context, node)],
        tasks: [
          task('labels', `${count === 1 ? 'a label' : `${count} labels`} on the node`, 'kubernetes.labels', {
            node: node.name,
            labels,
          }),
        ],
        group: { name: PHASE, limit: 100 },
      });
    }),
};

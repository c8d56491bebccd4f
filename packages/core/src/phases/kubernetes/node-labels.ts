import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { memberStep } from './join.ts';

const PHASE = 'node-labels';

/** Returns the labels of a node: those for all nodes, then its own, which win. */
export function labelsOf({ config }: Pick<PhaseContext, 'config'>, { name }: Pick<PlanNode, 'name'>) {
  const { nodeLabels } = config.kubernetes;
  return { ...nodeLabels['*'], ...nodeLabels[name] };
}

/**
 * The phase labels nodes, by which pods find them, as soon as they are members. If the cluster file speaks of labels at
 * all, every node has a step, even one that is to have no labels, because it may have to lose those of an earlier file.
 * That costs one look at each node. Clusters that never had labels have no such steps, and `nodeLabels: {"*": {}}`
 * takes all labels back.
 */
export const nodeLabels: Phase = {
  name: PHASE,
  title: 'Node labels',
  description: 'Gives the nodes the labels of the cluster file, such as loader-nodetype',
  realness: { lab: 'real', note: '', byHand: ['kubectl get nodes --show-labels'] },
  assumedSeconds: 1,
  enabled: ({ config }) => Object.keys(config.kubernetes.nodeLabels).length > 0,
  steps(context) {
    return context.nodes.map((node) => {
      const labels = labelsOf(context, node);
      return nodeStep(context, PHASE, node, {
        executor: context.controlPlane.name,
        title: 'labels',
        needs: [memberStep(context, node)],
        tasks: [task('labels', titleOf(Object.keys(labels).length), 'kubernetes.labels', { node: node.name, labels })],
        group: { name: PHASE, limit: 100 },
      });
    });
  },
};

function titleOf(count: number): string {
  if (count === 0) return 'no labels of the cluster file on the node';
  return `${count === 1 ? 'a label' : `${count} labels`} on the node`;
}

import type { PhaseContext, PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { memberStep } from './join.ts';

const PHASE = 'node-labels';

/** The labels of a node: those for all, then its own. */
export function labelsOf({ config }: Pick<PhaseContext, 'config'>, { name }: Pick<PlanNode, 'name'>) {
  const { nodeLabels } = config.kubernetes;
  return { ...nodeLabels['*'], ...nodeLabels[name] };
}

/**
 * Labels by which pods find their nodes, as soon as a node is a member. Where the cluster file speaks of labels at all,
 * every node has its step, also one that is to have none: it may have lost those of an earlier file. That costs one look
 * at each. Clusters that never had labels have no steps; `nodeLabels: {"*": {}}` takes all of them back.
 */
export const nodeLabels: Phase = {
  name: PHASE,
  title: 'Node labels',
  description: 'Labels of the cluster file on the nodes, such as loader-nodetype',
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
  if (count === 0) return 'no labels of ours on the node';
  return `${count === 1 ? 'a label' : `${count} labels`} on the node`;
}

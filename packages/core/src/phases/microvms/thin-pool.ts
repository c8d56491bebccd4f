import type { Step } from '@vhive/shared';
import { systemStep } from '../host/system.ts';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { thinPoolSpace } from '../kit/thin-pool-space.ts';
import { POOL_NAME } from './firecracker-files.ts';

const GIB = 1024 ** 3;

/** The step that sets a node's thin pool up. */
export const poolStep = (node: PlanNode) => stepId('thin-pool', node.name);

/**
 * Makes the step of the thin pool that holds the disks of microVMs. It is brought back at boot before
 * firecracker-containerd starts.
 */
export function poolSteps(context: PhaseContext, node: PlanNode): Step[] {
  const { dataGiB, metadataGiB } = context.config.firecracker.thinPool;
  return [
    nodeStep(context, 'firecracker', node, {
      id: poolStep(node),
      title: 'thin pool',
      needs: [systemStep(node)],
      tasks: [
        task('pool', `${POOL_NAME}, ${dataGiB} GiB at most`, 'thin-pool', {
          name: POOL_NAME,
          ...thinPoolSpace(context),
          metadataBytes: metadataGiB * GIB,
          unit: 'vhive-thin-pool.service',
          before: ['firecracker-containerd.service'],
        }),
      ],
    }),
  ];
}

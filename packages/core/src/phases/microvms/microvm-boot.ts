import type { Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import { archiveOf, archiveStep, SMOKE_BOOT_IMAGE, smokeBootArchived } from '../kit/image-archives.ts';
import { nodeStep, type StepId, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { FIRECRACKER_RUNTIME, FIRECRACKER_SOCKET, KERNEL_IMAGE, ROOT_DRIVE } from './firecracker-files.ts';

/** The step that boots a microVM on a node for trial. */
export const smokeBootStep = (node: PlanNode) => stepId('microvm-boot', node.name);

/**
 * Makes the step that boots one microVM for trial, where that is asked for. What is wrong with microVMs shows there
 * before Kubernetes hides it.
 */
export function smokeBootSteps(context: PhaseContext, node: PlanNode, needs: readonly StepId[]): Step[] {
  if (!context.features.smokeBoot) return [];
  const archived = smokeBootArchived(context);
  return [
    nodeStep(context, 'firecracker', node, {
      id: smokeBootStep(node),
      title: 'a microVM on trial',
      needs: [...needs, ...(archived ? [archiveStep(SMOKE_BOOT_IMAGE, node)] : [])],
      tasks: [
        task('boot', `a microVM runs ${SMOKE_BOOT_IMAGE}`, 'microvm.boot', {
          image: SMOKE_BOOT_IMAGE,
          archive: archived ? archiveOf(SMOKE_BOOT_IMAGE, node) : null,
          socket: FIRECRACKER_SOCKET,
          inputs: [
            ...['firecracker', 'firecracker-containerd', 'containerd-shim-aws-firecracker'].map(
              (name) => `/usr/local/bin/${name}`,
            ),
            ...[KERNEL_IMAGE, ROOT_DRIVE, FIRECRACKER_RUNTIME],
          ],
        }),
      ],
      policy: { retries: 1 },
    }),
  ];
}

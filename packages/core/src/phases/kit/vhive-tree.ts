import { type OutputRef, output, type Step } from '@vhive/shared';
import { FROM_TREE, shortVersion } from '../../versions/resolve.ts';
import { functionNodes, type PhaseContext } from './context.ts';
import { ARTIFACTS } from './fetch-step.ts';
import { coordinatorStep, type StepId, stepId } from './steps.ts';
import { task } from './task.ts';
import { vhiveFlagNames } from './vhive-flags.ts';

/** The step that reads vHive's source, once it is there. */
export const VHIVE_TREE: StepId = stepId(ARTIFACTS, 'vhive-tree');

/**
 * Returns what the source of vHive says of itself: the version of Go that compiles it, or the name of the kernel in its
 * bin/. With a text, the value stands in it in place of `{value}`.
 */
export function fromTree(key: 'go' | 'kernel', within = FROM_TREE): OutputRef {
  return output(VHIVE_TREE, 'tree', key, { within });
}

/** Returns the name of the source for people. */
export function vhiveTitle({ config, versions }: Pick<PhaseContext, 'config' | 'versions'>): string {
  const { vhiveRepository, vhiveTree } = config.firecracker;
  return vhiveTree ?? `${vhiveRepository} ${shortVersion(versions.vhiveSource)}`;
}

/**
 * Makes the step that reads the source, which a plan is made before. It fails where the source is not what the plan was
 * made for.
 */
export function readTree(context: PhaseContext, source: { step: StepId; artifact: OutputRef }): Step {
  const { config, features } = context;
  const title = vhiveTitle(context);
  const node = functionNodes(context)[0] ?? context.controlPlane;
  return coordinatorStep(ARTIFACTS, VHIVE_TREE, {
    title: 'what vHive’s source asks for',
    needs: [source.step],
    tasks: [
      task('tree', `Go, kernel and flags of ${title}`, 'vhive.tree', {
        name: title,
        source: source.artifact,
        tree: config.firecracker.vhiveTree ?? null,
        generation: features.legacyVhive ? 'legacy' : 'current',
        flags: vhiveFlagNames(context, node),
        go: config.versions.go ?? null,
      }),
    ],
    policy: { retries: 1, onFailure: 'fail-run' },
  });
}
